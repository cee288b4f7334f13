package io.quatrain.cli

/** Where progress goes: standard error, as a line that changes on a terminal, as plain lines elsewhere. */
internal object Terminal {
    /** The launcher knows; without it, Java tells whether it has a console. */
    val interactive: Boolean = System.getProperty("quatrain.terminal")?.toBoolean() ?: console()

    /** See https://no-color.org; `--no-color` turns it off too. */
    var colors: Boolean = interactive && System.getenv("NO_COLOR").isNullOrEmpty() && System.getenv("TERM") != "dumb"

    val width: Int = System.getProperty("quatrain.columns")?.toIntOrNull()?.takeIf { it in 20..500 } ?: 100

    /** What this program was called by, so that the commands it names can be typed as they stand. */
    val command: String = System.getProperty("quatrain.command") ?: "quatrain"

    private var statusShown = false

    /** Newer Javas have a console where there is no terminal, and say so. */
    private fun console(): Boolean {
        val console = System.console() ?: return false
        return runCatching { console.javaClass.getMethod("isTerminal").invoke(console) as Boolean }.getOrDefault(Runtime.version().feature() < 22)
    }

    /** Shows a line that the next one replaces; nothing where there is no terminal. */
    fun status(text: String) {
        if (!interactive) return
        System.err.print("\r" + text.take(width - 1) + "\u001B[K")
        System.err.flush()
        statusShown = true
    }

    /** Takes the changing line away. */
    fun clearStatus() {
        if (!statusShown) return
        System.err.print("\r\u001B[K")
        System.err.flush()
        statusShown = false
    }

    /** A line for people, on standard error. */
    fun log(text: String) {
        clearStatus()
        System.err.println(text)
    }

    fun dim(text: String): String = if (colors) "\u001B[2m$text\u001B[0m" else text

    fun bold(text: String): String = if (colors) "\u001B[1m$text\u001B[0m" else text
}
