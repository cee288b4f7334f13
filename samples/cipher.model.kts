// A cipher: at every step the letter that another stands for.
experiment {
    data = pairs("text/cipher.txt")
    architecture = sequential {
        embedding(vocab, 32)
        gru(64)
        dense(vocab)
    }
    training {
        optimizer = adam(learningRate = 0.005)
        batch = 16
        epochs = 5
    }
}
