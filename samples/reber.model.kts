experiment {
    data = task(reber, 40, examples = 2000)
    architecture = sequential {
        oneHot(vocab)
        lstm(24)
        dense(vocab)
    }
    training {
        optimizer = adam(learningRate = 0.01)
        clipping = clipByGlobalNorm(1.0)
        batch = 20
        updates = 1500
        validateEvery = 100
    }
    generation {
        prompt = "B"
        length = 30
    }
}
