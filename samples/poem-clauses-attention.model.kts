// The clause that follows, by a decoder that looks at the encoder before every step (Bahdanau et al. 2015).
experiment {
    data = couplets("text/quatrains.txt")
    architecture = graph {
        val source = tokens("source", vocab)
        val target = tokens("target", vocab)
        val words = source.embedding(vocab, 96) named "words"
        val encoder = words.lstm(80, bidirectional = true) named "encoder"
        val beginning = encoder.bridge(units = 160).startingFrom(encoder) named "beginning"
        val written = target.through(words) named "written"
        val decoder = join(written, encoder).attentive(160, attentionUnits = 80).startingFrom(beginning) named "decoder"
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
