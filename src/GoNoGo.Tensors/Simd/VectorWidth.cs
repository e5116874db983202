using System.Runtime.Intrinsics;

namespace GoNoGo.Tensors.Simd;

/// <summary>The kernel variants, named by their vector width in bits.</summary>
public enum VectorWidth
{
    /// <summary>No vectors.</summary>
    Scalar = 32,

    /// <summary>128-bit vectors (SSE, NEON).</summary>
    Bits128 = 128,

    /// <summary>256-bit vectors (AVX2 with FMA).</summary>
    Bits256 = 256,

    /// <summary>512-bit vectors (AVX-512).</summary>
    Bits512 = 512,
}

/// <summary>
/// Which kernel variant runs. The widest one that the processor has is chosen at start; the environment variable
/// <c>GONOGO_VECTOR_WIDTH</c> (512, 256, 128 or 32) or <see cref="Force"/> chooses a narrower one.
/// </summary>
public static class VectorWidths
{
    /// <summary>The variant that kernels use now.</summary>
    public static VectorWidth Current => s_current;

    /// <summary>The widest variant of this processor.</summary>
    public static VectorWidth Widest =>
        Vector512.IsHardwareAccelerated ? VectorWidth.Bits512
        : Vector256.IsHardwareAccelerated && System.Runtime.Intrinsics.X86.Fma.IsSupported ? VectorWidth.Bits256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    /// <summary>
    /// Whether variants that the processor lacks are offered too, run by the runtime's software emulation of vectors: slow, but
    /// it tests the code. Set by the environment variable <c>GONOGO_EMULATE_VECTORS=1</c>.
    /// </summary>
    public static bool EmulatesMissing { get; } = Environment.GetEnvironmentVariable("GONOGO_EMULATE_VECTORS") == "1";

    /// <summary>All variants that this process can run, widest first.</summary>
    public static IReadOnlyList<VectorWidth> Available { get; } =
        [.. new[] { VectorWidth.Bits512, VectorWidth.Bits256, VectorWidth.Bits128, VectorWidth.Scalar }.Where(width => width <= Widest || EmulatesMissing)];

    // Initialised last: it asks the properties above.
    private static VectorWidth s_current = Initial();

    /// <summary>Chooses a variant for the whole process (tests and measurements).</summary>
    /// <exception cref="ArgumentException">The processor does not have it.</exception>
    public static void Force(VectorWidth width)
    {
        if (!Available.Contains(width))
        {
            throw new ArgumentException($"Vector width {(int)width} is not available here (widest: {(int)Widest}).", nameof(width));
        }

        s_current = width;
    }

    private static VectorWidth Initial()
    {
        string? wanted = Environment.GetEnvironmentVariable("GONOGO_VECTOR_WIDTH");
        return int.TryParse(wanted, System.Globalization.CultureInfo.InvariantCulture, out int bits)
            && Enum.IsDefined((VectorWidth)bits) && ((VectorWidth)bits <= Widest || EmulatesMissing)
            ? (VectorWidth)bits
            : Widest;
    }
}
