package io.quatrain.format.foreign

/**
 * The numbers of a row-major [rows × columns] tensor in column-major order. PyTorch's weight [outputs, inputs] needs it to
 * become our W [outputs × inputs]; Keras's kernel [inputs, outputs] and everyone's embeddings [vocabulary, size] are, row
 * after row, already what ours is column after column.
 */
public fun columnMajor(rowMajor: DoubleArray, rows: Int, columns: Int): DoubleArray {
    require(rowMajor.size == rows * columns) { "a [$rows × $columns] tensor needs ${rows * columns} numbers, got ${rowMajor.size}" }
    return DoubleArray(rowMajor.size) { i -> rowMajor[i % rows * columns + i / rows] }
}

/** Which steps are there where one token is padding: Keras's mask_zero, whose padding is 0. */
public fun validWhereNot(padding: Int, tokens: IntArray): BooleanArray = BooleanArray(tokens.size) { tokens[it] != padding }
