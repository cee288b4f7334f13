// Five-character quatrains in the classical Chinese manner, one poem a line.
experiment {
    data = poems("text/quatrains.txt", tokenizer = characters(), normalization = listOf(lineEnds, byteOrderMark, simplified, nfc))
    architecture = sequential {
        embedding(vocab, 64)
        dropout(0.3)
        lstm(192)
        dropout(0.3)
        dense(vocab)
    }
    training {
        optimizer = adam(learningRate = 0.003)
        clipping = clipByGlobalNorm(1.0)
        batch = 16
        epochs = 60
        patience = 8
        sampleEvery = 200
    }
    generation {
        prompt = "月在画楼西"
        length = 24
        temperature = 0.8
    }
}
