experiment {
    data = labelledText("names", distinct = true)
    architecture = sequential {
        embedding(vocab, 96)
        dropout(0.3)
        lstm(256, bidirectional = true, output = last)
        dropout(0.6)
        dense(classes)
    }
    training {
        optimizer = adam(learningRate = 0.002)
        schedule = perEpoch(cosine(25))
        clipping = clipByGlobalNorm(1.0)
        batch = 64
        epochs = 25
    }
}
