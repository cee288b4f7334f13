// A word language model in the setting of Zaremba et al. 2014, small: 2 × 200, 20 steps, SGD that halves when the loss rises.
experiment {
    data = text("text/lighthouse.txt", tokenizer = words(), vocabulary = vocabulary(size = 1000), sentences = true)
    architecture = sequential {
        embedding(vocab, 200, weights = uniform(-0.1, 0.1))
        lstm(
            200,
            layers = 2,
            dropout = 0.2,
            forgetBias = 0.0,
            inputWeights = uniform(-0.1, 0.1),
            recurrentWeights = uniform(-0.1, 0.1),
            biases = uniform(-0.1, 0.1),
        )
        dropout(0.2)
        dense(vocab, weights = uniform(-0.1, 0.1), biases = uniform(-0.1, 0.1))
    }
    training {
        reduction = perExample
        optimizer = sgd(1.0)
        schedule = reduceOnRise()
        clipping = clipByGlobalNorm(5.0)
        batch = 20
        steps = 20
        epochs = 13
    }
    generation {
        prompt = "The lamp"
        length = 100
        temperature = 0.8
    }
}
