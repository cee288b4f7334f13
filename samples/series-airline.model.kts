experiment {
    data = series("ferry.csv", 12, logarithm = true, difference = 12, validation = 0.1667)
    architecture = sequential {
        input(features = 1)
        lstm(16, output = last)
        dense(1)
    }
    training {
        loss = meanSquaredError()
        optimizer = adam(learningRate = 0.003)
        clipping = clipByGlobalNorm(1.0)
        batch = 16
        updates = 50
        validateEvery = 5
        checkpointEvery = 50
    }
}
