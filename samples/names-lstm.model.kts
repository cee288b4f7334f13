experiment {
    data = labelledText("names")
    architecture = sequential {
        embedding(vocab, 64)
        dropout(0.2)
        lstm(128, bidirectional = true, output = last)
        dropout(0.5)
        dense(18)
    }
    training {
        optimizer = adam(learningRate = 0.0015)
        clipping = clipByGlobalNorm(1.0)
        batch = 64
        epochs = 10
    }
}
