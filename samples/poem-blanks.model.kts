// A missing character is told from what stands before and after it.
experiment {
    data = blanks("text/quatrains.txt")
    architecture = sequential {
        embedding(vocab, 96)
        dropout(0.3)
        lstm(128, bidirectional = true)
        dropout(0.3)
        dense(vocab)
    }
    training {
        optimizer = adam(learningRate = 0.003)
        clipping = clipByGlobalNorm(1.0)
        batch = 16
        epochs = 60
        patience = 6
    }
}
