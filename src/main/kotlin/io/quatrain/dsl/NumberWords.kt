package io.quatrain.dsl

import io.quatrain.architecture.DataDescription
import io.quatrain.architecture.ImagesData
import io.quatrain.architecture.ScalingKind
import io.quatrain.architecture.SeriesData
import io.quatrain.architecture.TaskData
import io.quatrain.architecture.TaskKind

/** See [SeriesData]. */
public fun series(
    path: String,
    window: Int,
    columns: List<String> = emptyList(),
    scaling: ScalingKind = ScalingKind.STANDARD,
    logarithm: Boolean = false,
    difference: Int = 0,
    validation: Double = DataDescription.VALIDATION,
    validationPath: String? = null,
): SeriesData = SeriesData(path, window, columns, scaling, logarithm, difference, validation, validationPath)

/** See [ImagesData]. */
public fun images(
    path: String,
    labels: String? = null,
    validation: Double = DataDescription.VALIDATION,
    validationPath: String? = null,
    validationLabels: String? = null,
): ImagesData = ImagesData(path, labels, validation, validationPath, validationLabels)

/** See [TaskData]. */
public fun task(
    kind: TaskKind,
    length: Int,
    examples: Int = 1000,
    seed: Long = 1,
    validation: Double = DataDescription.VALIDATION,
): TaskData = TaskData(kind, length, examples, seed, validation)

/** See [ScalingKind.STANDARD]. */
public val standard: ScalingKind = ScalingKind.STANDARD

/** See [ScalingKind.MIN_MAX]. */
public val minMax: ScalingKind = ScalingKind.MIN_MAX

/** See [ScalingKind.NONE]. */
public val none: ScalingKind = ScalingKind.NONE

/** See [TaskKind.ADDING]. */
public val adding: TaskKind = TaskKind.ADDING

/** See [TaskKind.COPY]. */
public val copy: TaskKind = TaskKind.COPY

/** See [TaskKind.REBER]. */
public val reber: TaskKind = TaskKind.REBER

/** See [TaskKind.PARITY]. */
public val parity: TaskKind = TaskKind.PARITY

/** See [TaskKind.SINE]. */
public val sine: TaskKind = TaskKind.SINE

/** See [TaskKind.ALPHABET]. */
public val alphabet: TaskKind = TaskKind.ALPHABET
