using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>
/// From the coefficients of a block to its samples: dequantisation, inverse cosine transform, level shift, limits. All variants
/// give the same samples: integer arithmetic with the roundings of libjpeg's accurate transform.
/// </summary>
internal static unsafe class JpegTransform
{
    /// <summary>The transform to blocks of a size: coefficients in natural order, quantisation steps, destination, its stride.</summary>
    /// <param name="size">8, or 4, 2, 1 in a scaled decode.</param>
    public static delegate*<short*, int*, byte*, nint, void> Of(int size) => size switch
    {
        4 => &ReducedTransform.Four,
        2 => &ReducedTransform.Two,
        1 => &ReducedTransform.One,
        _ => VectorWidths.Current switch
        {
            VectorWidth.Bits512 or VectorWidth.Bits256 when Avx2.IsSupported => &FullTransform256.Run,
            VectorWidth.Scalar => &FullTransform.Scalar,
            _ when Vector128.IsHardwareAccelerated => &FullTransform.Vectors128,
            _ => &FullTransform.Scalar,
        },
    };

    /// <summary>A block of nothing but a DC value: every sample is the same.</summary>
    /// <param name="value">The dequantised value.</param>
    /// <param name="size">Samples in each direction.</param>
    /// <param name="destination">The first sample.</param>
    /// <param name="stride">Bytes from row to row.</param>
    public static void Flat(int value, int size, byte* destination, nint stride)
    {
        byte sample = Limit((value + 4) >> 3);
        if (size == 8)
        {
            ulong eight = sample * 0x0101010101010101UL;
            for (int row = 0; row < 8; row++)
            {
                *(ulong*)(destination + (row * stride)) = eight;
            }

            return;
        }

        for (int row = 0; row < size; row++)
        {
            new Span<byte>(destination + (row * stride), size).Fill(sample);
        }
    }

    /// <summary>Shifts the level and limits to 0..255.</summary>
    public static byte Limit(int value) => (byte)Math.Clamp(value + 128, 0, 255);
}
