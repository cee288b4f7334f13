experiment {
    data = text(
        "text/lighthouse.txt",
        tokenizer = characters(codePoints = true),
        validation = 0.0,
        normalization = listOf(),
    )
    architecture = sequential {
        oneHot(vocab)
        lstm(
            100,
            forgetBias = 0.0,
            inputWeights = perGate(
                listOf(
                    normal(mean = 0.5, deviation = 0.1),
                    normal(mean = 0.5, deviation = 0.1),
                    normal(mean = 0.5, deviation = 0.1),
                    normal(deviation = 0.1),
                ),
            ),
            recurrentWeights = perGate(
                listOf(
                    normal(mean = 0.5, deviation = 0.1),
                    normal(mean = 0.5, deviation = 0.1),
                    normal(mean = 0.5, deviation = 0.1),
                    normal(deviation = 0.1),
                ),
            ),
        )
        dense(vocab, weights = normal(deviation = 0.1))
    }
    training {
        reduction = sum
        optimizer = adagrad(learningRate = 0.1, epsilon = 1.0E-8)
        clipping = clipByValue(1.0)
        batch = 1
        steps = 25
        updates = 21273
        wholeUpdates = true
        seed = 5L
        checkpointEvery = 5000
        sampleEvery = 5000
        display = smoothedSum()
        threads = 1
    }
    generation {
        length = 200
    }
}
