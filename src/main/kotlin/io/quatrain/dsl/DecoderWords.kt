package io.quatrain.dsl

import io.quatrain.architecture.AttentionScore
import io.quatrain.architecture.Attentive
import io.quatrain.architecture.Bridge
import io.quatrain.architecture.GlorotUniform
import io.quatrain.architecture.Initialization
import io.quatrain.architecture.RecurrentCell
import io.quatrain.architecture.ZeroInput

/** Said to two values: `join(written, encoder).attentive(160).startingFrom(encoder)`. See [Attentive]. */
public fun <R> LayerScope<R>.attentive(
    units: Int,
    cell: RecurrentCell = RecurrentCell.LSTM,
    layers: Int = 1,
    attention: AttentionScore = AttentionScore.ADDITIVE,
    attentionUnits: Int? = null,
    dropout: Double = 0.0,
    weights: Initialization = GlorotUniform,
): R = add(Attentive(units, cell, layers, attention, attentionUnits, dropout, weights))

/** `encoder.bridge(160).startingFrom(encoder)`. See [Bridge]. */
public fun <R> LayerScope<R>.bridge(
    units: Int? = null,
    cell: RecurrentCell = RecurrentCell.LSTM,
    layers: Int = 1,
    weights: Initialization = GlorotUniform,
): R = add(Bridge(units, cell, layers, weights))

/** See [ZeroInput]. */
public fun <R> LayerScope<R>.zeroInput(size: Int = 1): R = add(ZeroInput(size))

/** See [RecurrentCell.LSTM]. */
public val lstm: RecurrentCell = RecurrentCell.LSTM

/** See [RecurrentCell.GRU]. */
public val gru: RecurrentCell = RecurrentCell.GRU

/** See [RecurrentCell.RNN]. */
public val rnn: RecurrentCell = RecurrentCell.RNN

/** See [AttentionScore.ADDITIVE]. */
public val additive: AttentionScore = AttentionScore.ADDITIVE

/** See [AttentionScore.DOT]. */
public val dot: AttentionScore = AttentionScore.DOT
