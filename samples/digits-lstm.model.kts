experiment {
    data = images("digits")
    architecture = sequential {
        input(features = 28)
        lstm(128, output = last)
        dense(10)
    }
    training {
        optimizer = adam(learningRate = 0.002)
        schedule = perEpoch(cosine(10))
        clipping = clipByGlobalNorm(1.0)
        batch = 100
        epochs = 10
    }
}
