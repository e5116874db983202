using System.Runtime.CompilerServices;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>Integers in lanes, which the cosine transform is written in once for all widths.</summary>
internal interface ITransformLanes<T> where T : struct
{
    /// <summary>left + right, wrapping.</summary>
    static abstract T Add(T left, T right);

    /// <summary>left - right, wrapping.</summary>
    static abstract T Subtract(T left, T right);

    /// <summary>value * factor, wrapping.</summary>
    static abstract T Multiply(T value, int factor);

    /// <summary>value * 2^bits, wrapping.</summary>
    static abstract T ShiftLeft(T value, int bits);

    /// <summary>value / 2^bits, rounded to nearest, halves up.</summary>
    static abstract T Descale(T value, int bits);
}

/// <summary>
/// The inverse cosine transform of eight values by the method of C. Loeffler, A. Ligtenberg and G. Moschytz, "Practical fast 1-D DCT algorithms with 11
/// multiplications", ICASSP 1989, with twelve multiplications and constants of 13 fraction bits. Results are sqrt(8) times the true ones.
/// </summary>
internal static class CosineTransform
{
    /// <summary>Fraction bits of the constants.</summary>
    public const int ConstantBits = 13;

    /// <summary>Fraction bits that are kept between the two passes.</summary>
    public const int PassBits = 2;

    /// <summary>What the first pass, over columns, drops.</summary>
    public const int FirstShift = ConstantBits - PassBits;

    /// <summary>What the second pass, over rows, drops: the fraction bits, and the factor 8 of the two passes.</summary>
    public const int SecondShift = ConstantBits + PassBits + 3;

    // round(2^13 times): cosines c(k) = cos(k pi / 16) times sqrt(2), combined.
    private const int C0_298631336 = 2446;
    private const int C0_390180644 = 3196;
    private const int C0_541196100 = 4433;
    private const int C0_765366865 = 6270;
    private const int C0_899976223 = 7373;
    private const int C1_175875602 = 9633;
    private const int C1_501321110 = 12299;
    private const int C1_847759065 = 15137;
    private const int C1_961570560 = 16069;
    private const int C2_053119869 = 16819;
    private const int C2_562915447 = 20995;
    private const int C3_072711026 = 25172;

    /// <summary>Transforms eight values in place and drops <paramref name="shift"/> fraction bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TLanes, T>(ref T v0, ref T v1, ref T v2, ref T v3, ref T v4, ref T v5, ref T v6, ref T v7, int shift)
        where TLanes : struct, ITransformLanes<T> where T : struct
    {
        // Even part: a rotation of v2 and v6, sums of v0 and v4.
        T rotated = TLanes.Multiply(TLanes.Add(v2, v6), C0_541196100);
        T even2 = TLanes.Subtract(rotated, TLanes.Multiply(v6, C1_847759065));
        T even3 = TLanes.Add(rotated, TLanes.Multiply(v2, C0_765366865));
        T sum = TLanes.ShiftLeft(TLanes.Add(v0, v4), ConstantBits);
        T difference = TLanes.ShiftLeft(TLanes.Subtract(v0, v4), ConstantBits);
        T even0 = TLanes.Add(sum, even3);
        T last = TLanes.Subtract(sum, even3);
        T even1 = TLanes.Add(difference, even2);
        even2 = TLanes.Subtract(difference, even2);

        // Odd part.
        T z1 = TLanes.Multiply(TLanes.Add(v7, v1), -C0_899976223);
        T z2 = TLanes.Multiply(TLanes.Add(v5, v3), -C2_562915447);
        T z3 = TLanes.Add(v7, v3);
        T z4 = TLanes.Add(v5, v1);
        T z5 = TLanes.Multiply(TLanes.Add(z3, z4), C1_175875602);
        z3 = TLanes.Add(TLanes.Multiply(z3, -C1_961570560), z5);
        z4 = TLanes.Add(TLanes.Multiply(z4, -C0_390180644), z5);
        T odd3 = TLanes.Add(TLanes.Multiply(v7, C0_298631336), TLanes.Add(z1, z3));
        T odd2 = TLanes.Add(TLanes.Multiply(v5, C2_053119869), TLanes.Add(z2, z4));
        T odd1 = TLanes.Add(TLanes.Multiply(v3, C3_072711026), TLanes.Add(z2, z3));
        T odd0 = TLanes.Add(TLanes.Multiply(v1, C1_501321110), TLanes.Add(z1, z4));

        v0 = TLanes.Descale(TLanes.Add(even0, odd0), shift);
        v7 = TLanes.Descale(TLanes.Subtract(even0, odd0), shift);
        v1 = TLanes.Descale(TLanes.Add(even1, odd1), shift);
        v6 = TLanes.Descale(TLanes.Subtract(even1, odd1), shift);
        v2 = TLanes.Descale(TLanes.Add(even2, odd2), shift);
        v5 = TLanes.Descale(TLanes.Subtract(even2, odd2), shift);
        v3 = TLanes.Descale(TLanes.Add(last, odd3), shift);
        v4 = TLanes.Descale(TLanes.Subtract(last, odd3), shift);
    }
}
