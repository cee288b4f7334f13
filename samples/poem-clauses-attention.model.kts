// TODO
experiment {
    data = couplets("text/quatrains.txt")
    architecture = graph {
        val source = tokens("source", vocab)
        val target = tokens("target", vocab)
        val words = source.embedding(vocab, 96) named "words"
        val encoder = words.lstm(80, bidirectional = true) named "encoder"
        val bridge_2 = encoder.bridge(units = 160).startingFrom(encoder) named "bridge"
        val written = target.through(words) named "written"
        val decoder = join(written, encoder).attentive(160, attentionUnits = 80).startingFrom(bridge_2) named "decoder"
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
