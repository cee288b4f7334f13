experiment {
    data = task(copy, 10, examples = 10000)
    architecture = sequential {
        oneHot(vocab)
        lstm(96)
        dense(vocab)
    }
    training {
        optimizer = adam(learningRate = 0.005)
        clipping = clipByGlobalNorm(1.0)
        batch = 50
        updates = 4000
        validateEvery = 200
    }
}
