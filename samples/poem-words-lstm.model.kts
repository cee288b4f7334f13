// Quatrains by two stacked LSTM layers, a word at a time, as HanLP cuts Chinese.
experiment {
    data = poems(
        "text/quatrains.txt",
        tokenizer = chineseWords(),
        vocabulary = vocabulary(rare = drop),
        validation = 0.0,
        start = false,
    )
    architecture = sequential {
        embedding(vocab, 96)
        lstm(192, layers = 2)
        dense(vocab)
    }
    training {
        optimizer = adam(learningRate = 0.004)
        clipping = clipByGlobalNorm(1.0)
        batch = 16
        epochs = 130
    }
    generation {
        prompt = "月在画楼西"
        length = 24
        temperature = 0.6
    }
}
