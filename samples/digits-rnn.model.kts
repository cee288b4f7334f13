experiment {
    data = images("digits")
    architecture = sequential {
        input(features = 28)
        rnn(150, output = last)
        dense(10)
    }
    training {
        clipping = clipByGlobalNorm(1.0)
        batch = 150
        epochs = 10
    }
}
