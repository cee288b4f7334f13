experiment {
    data = task(adding, 50, examples = 10000)
    architecture = sequential {
        input(features = 2)
        lstm(48, output = last)
        dense(1)
    }
    training {
        loss = meanSquaredError()
        optimizer = adam(learningRate = 0.004)
        clipping = clipByGlobalNorm(1.0)
        batch = 50
        updates = 3000
        validateEvery = 200
    }
}
