experiment {
    data = text(
        "text/lighthouse.txt",
        tokenizer = characters(codePoints = true),
        validation = 0.0,
        normalization = listOf(),
    )
    architecture = sequential {
        oneHot(vocab)
        rnn(100, inputWeights = normal(), recurrentWeights = normal())
        dense(vocab, weights = normal())
    }
    training {
        reduction = sum
        optimizer = adagrad(learningRate = 0.1, epsilon = 1.0E-8)
        clipping = clipByValue(5.0)
        batch = 1
        steps = 25
        updates = 20000
        wholeUpdates = true
        seed = 7L
        checkpointEvery = 5000
        sampleEvery = 5000
        display = smoothedSum()
        threads = 1
    }
    generation {
        length = 200
    }
}
