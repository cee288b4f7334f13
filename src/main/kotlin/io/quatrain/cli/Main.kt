package io.quatrain.cli

import kotlin.system.exitProcess

/** The command line. */
public fun main(arguments: Array<String>) {
    exitProcess(Quatrain.run(arguments))
}
