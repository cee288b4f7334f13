// Quatrains by two plain recurrent layers: embedding, rnn, the next character at every step.
experiment {
    data = poems("text/quatrains.txt", validation = 0.0, start = false)
    architecture = sequential {
        embedding(vocab, 96)
        rnn(256, layers = 2)
        dense(vocab)
    }
    training {
        optimizer = adam(learningRate = 0.002)
        clipping = clipByGlobalNorm(1.0)
        batch = 16
        epochs = 100
    }
    generation {
        prompt = "月在画楼西"
        length = 24
        temperature = 0.6
    }
}
