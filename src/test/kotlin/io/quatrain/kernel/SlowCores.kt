package io.quatrain.kernel

import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Method
import java.lang.reflect.Proxy
import java.util.concurrent.atomic.AtomicInteger

/**
 * Several threads, of which all but the caller's stop for a millisecond at every third thing they do: what they have begun is shared.
 *
 * @param seen is told what is computed, and with which arguments
 */
internal fun slowCores(threads: Int, seen: (String, Array<Any?>) -> Unit = { _, _ -> }): Compute {
    val kernel = Kernels.floats()
    val calls = AtomicInteger()
    val slow = Proxy.newProxyInstance(Kernel::class.java.classLoader, arrayOf(Kernel::class.java)) { _, method: Method, given: Array<Any?>? ->
        val arguments = given ?: emptyArray()
        if (Thread.currentThread().name.startsWith("quatrain-") && calls.incrementAndGet() % 3 == 0) Thread.sleep(1)
        seen(method.name, arguments)
        try {
            method.invoke(kernel, *arguments)
        } catch (thrown: InvocationTargetException) {
            throw thrown.targetException
        }
    } as Kernel<*>
    return Compute(Precision.FLOAT32, slow, Workers(threads))
}
