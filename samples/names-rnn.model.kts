experiment {
    data = labelledText("names", balanced = true)
    architecture = sequential {
        oneHot(vocab)
        concatRnn(128, classes, output = last, weights = uniform(-0.0735, 0.0735), biases = uniform(-0.0735, 0.0735))
    }
    training {
        optimizer = sgd(0.005)
        batch = 1
        updates = 100000
        validateEvery = 20000
        checkpointEvery = 20000
        threads = 1
    }
}
