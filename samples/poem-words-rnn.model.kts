// Quatrains that are cut into words already, by two plain recurrent layers; the end mark hardly counts.
experiment {
    data = poems(
        "text/quatrains-words.txt",
        tokenizer = separated(),
        vocabulary = vocabulary(rare = drop),
        validation = 0.0,
        start = false,
    )
    architecture = sequential {
        embedding(vocab, 96)
        rnn(256, layers = 2)
        dense(vocab)
    }
    training {
        reduction = meanOverCount
        optimizer = adam(learningRate = 0.002)
        clipping = clipByGlobalNorm(1.0)
        batch = 16
        epochs = 100
        tokenWeights = mapOf("<end>" to 0.001)
    }
    generation {
        prompt = "月在画楼西"
        length = 24
        temperature = 0.6
    }
}
