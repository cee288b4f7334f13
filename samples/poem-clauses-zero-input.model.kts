// The clause that follows, by a decoder that is given nothing but the encoder's state.
experiment {
    data = couplets("text/quatrains.txt")
    architecture = graph {
        val source = tokens("source", vocab)
        val target = tokens("target", vocab)
        val words = source.embedding(vocab, 96) named "words"
        val encoder = words.lstm(160, layers = 2) named "encoder"
        val silence = target.zeroInput() named "silence"
        val decoder = silence.lstm(160, layers = 2).startingFrom(encoder) named "decoder"
        val dropped = decoder.dropout(0.3) named "dropped"
        val next = dropped.dense(vocab) named "next"
        output(next)
    }
    training {
        optimizer = adam(learningRate = 0.002)
        clipping = clipByGlobalNorm(1.0)
        epochs = 12
    }
    generation {
        length = 12
        temperature = 0.7
    }
}
