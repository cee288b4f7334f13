experiment {
    data = task(alphabet, 10, examples = 270, validation = 0.0)
    architecture = sequential {
        oneHot(vocab)
        lstm(200, forgetBias = 0.0)
        dense(vocab)
    }
    training {
        reduction = perExample
        optimizer = sgd(0.02)
        batch = 2
        updates = 6000
        checkpointEvery = 2000
        threads = 1
    }
    generation {
        prompt = "a"
        length = 80
        temperature = 0.0
    }
}
