// Six words in, the next one out: the last step of an lstm is all that is judged.
experiment {
    data = poems("text/quatrains-words.txt", tokenizer = separated(), validation = 0.0, start = false, window = 6)
    architecture = sequential {
        embedding(vocab, 128)
        lstm(256)
        lastStep()
        dense(vocab)
    }
    training {
        optimizer = adam(learningRate = 0.003)
        clipping = clipByGlobalNorm(1.0)
        batch = 64
        epochs = 15
    }
    generation {
        prompt = "月在画楼西"
        length = 24
        temperature = 0.6
    }
}
