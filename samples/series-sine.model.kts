experiment {
    data = task(sine, 20, examples = 10000)
    architecture = sequential {
        input(features = 1)
        rnn(100, activation = relu)
        dense(1)
    }
    training {
        loss = meanSquaredError()
        batch = 50
        updates = 5000
        validateEvery = 500
    }
}
