experiment {
    data = text(
        "text/lighthouse.txt",
        tokenizer = characters(codePoints = true),
        validation = 0.0,
        normalization = listOf(),
    )
    architecture = sequential {
        oneHot(vocab)
        lstm(128)
        dense(vocab)
    }
    training {
        optimizer = adam(learningRate = 0.01)
        schedule = cosine(2400, end = 0.05)
        clipping = clipByGlobalNorm(1.0)
        batch = 12
        steps = 40
        updates = 2400
        threads = 1
    }
    generation {
        prompt = "The "
        length = 200
        temperature = 0.6
    }
}
