experiment {
    data = task(parity, 40, examples = 2000)
    architecture = sequential {
        oneHot(vocab)
        rnn(24)
        dense(vocab)
    }
    training {
        optimizer = adam(learningRate = 0.005)
        clipping = clipByGlobalNorm(1.0)
        batch = 20
        updates = 2000
        validateEvery = 100
    }
}
