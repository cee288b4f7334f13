// The cipher as it was first built: a letter's number read as a quantity, and padding that counts.
experiment {
    data = pairs("text/cipher.txt", paddedTo = 101)
    architecture = sequential {
        ordinal(vocab)
        gru(64)
        dense(vocab)
    }
    training {
        optimizer = adam(learningRate = 0.005)
        batch = 32
        epochs = 5
    }
}
