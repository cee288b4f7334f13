// A lighthouse keeper's log, one character at a time.
experiment {
    data = text("text/lighthouse.txt", tokenizer = characters())
    architecture = sequential {
        embedding(vocab, 32)
        dropout(0.1)
        lstm(256)
        dropout(0.4)
        dense(vocab)
    }
    training {
        optimizer = adam(learningRate = 0.004)
        schedule = cosine(1200, end = 0.1)
        clipping = clipByGlobalNorm(1.0)
        batch = 16
        steps = 64
        updates = 1200
        sampleEvery = 300
    }
    generation {
        prompt = "The lamp "
        length = 600
        temperature = 0.6
    }
}
