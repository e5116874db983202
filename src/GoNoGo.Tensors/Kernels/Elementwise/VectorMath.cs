using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise;

/// <summary>
/// Elementary functions on vectors, written once for all widths. Errors stay within about 2 units in the last place;
/// NaN goes through, infinities, signed extremes and denormal numbers give what the mathematical function has there.
/// The polynomials are own minimax fits (weighted for relative error, coefficients rounded one after the other).
/// </summary>
/// <typeparam name="TSimd">The vector operations.</typeparam>
/// <typeparam name="TVector">The vector of floats.</typeparam>
/// <typeparam name="TInt">The vector of 32-bit integers.</typeparam>
public static class VectorMath<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts: the first has few enough bits that its product with any exponent is exact.
    private const float Ln2High = 0.693145751953125f;
    private const float Ln2Low = 1.42860682e-6f;

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        // Beyond these bounds the result is infinite or rounds to zero all the same.
        TVector p = ExpOfRemainder(AtMost(AtLeast(x, -104f), 89f), out TInt exponent);
        return Scale(p, exponent);
    }

    /// <summary>e^x for x not above 0, with 0 in place of results below the normal range: cheaper, for sums of exponentials.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ExpOfNegative(TVector x)
    {
        TVector bound = TSimd.Broadcast(-87.3f);
        TVector y = ExpInRange(AtLeast(x, -87.3f));
        return TSimd.SelectGreater(bound, x, TSimd.Zero, y);
    }

    /// <summary>e^x - 1, accurate near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Expm1(TVector x)
    {
        // Below -18 the result rounds to -1.
        TVector p = Expm1OfRemainder(AtMost(AtLeast(x, -18f), 89f), out TVector n);

        // 2^n (p + 1) - 1 = 2^n (p + (1 - 2^-n)); beyond n = 30 the power no longer shows.
        TInt negative = TSimd.SubtractInt(TSimd.BroadcastInt(0), TSimd.ToInt(AtMost(n, 30f)));
        p = TSimd.Add(p, TSimd.Subtract(TSimd.Broadcast(1f), PowerOfTwo(negative)));
        return Scale(p, TSimd.ToInt(n));
    }

    /// <summary>e^x - 1 for x not above 0, accurate near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Expm1OfNegative(TVector x)
    {
        TVector p = Expm1OfRemainder(AtLeast(x, -18f), out TVector n);
        TVector power = PowerOfTwo(TSimd.ToInt(n));
        return TSimd.MultiplyAdd(p, power, TSimd.Subtract(power, TSimd.Broadcast(1f)));
    }

    /// <summary>The natural logarithm: -infinity at 0, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log(TVector x)
    {
        // Denormal numbers are scaled into the normal range first.
        TVector smallestNormal = TSimd.Broadcast(1.17549435e-38f);
        TVector scaled = TSimd.SelectGreater(smallestNormal, x, TSimd.Multiply(x, TSimd.Broadcast(8388608f)), x);
        TVector shift = TSimd.SelectGreater(smallestNormal, x, TSimd.Broadcast(-23f), TSimd.Zero);
        TVector f = Significand(scaled, out TVector k);
        TVector result = LogOfSignificand(f, TSimd.Add(k, shift), TSimd.Zero);
        return LogLimits(x, TSimd.Zero, result);
    }

    /// <summary>ln(1 + x), accurate near 0: -infinity at -1, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log1p(TVector x)
    {
        TVector one = TSimd.Broadcast(1f);
        TVector u = TSimd.Add(one, x);
        // What the addition lost, to first order: ln(u + c) = ln u + c / u.
        TVector lost = TSimd.SelectGreater(x, one, TSimd.Subtract(one, TSimd.Subtract(u, x)), TSimd.Subtract(x, TSimd.Subtract(u, one)));
        TVector f = Significand(u, out TVector k);
        return LogLimits(x, TSimd.Broadcast(-1f), LogOfSignificand(f, k, TSimd.Divide(lost, u)));
    }

    /// <summary>The hyperbolic tangent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        TVector e = Expm1OfNegative(TSimd.Multiply(TSimd.Abs(x), TSimd.Broadcast(-2f)));
        TVector magnitude = TSimd.Divide(TSimd.Subtract(TSimd.Zero, e), TSimd.Add(e, TSimd.Broadcast(2f)));
        return CopySign(magnitude, x);
    }

    /// <summary>1 / (1 + e^-x), with full relative accuracy for negative x too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector x)
    {
        TVector one = TSimd.Broadcast(1f);
        TVector e = Scale(ExpOfRemainder(AtLeast(TSimd.Negate(TSimd.Abs(x)), -104f), out TInt exponent), exponent);
        return TSimd.Divide(TSimd.SelectGreater(TSimd.Zero, x, e, one), TSimd.Add(one, e));
    }

    /// <summary>ln(1 + e^x) without overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Softplus(TVector x)
    {
        // ln(1 + e) with e in [0, 1], as in Log1p; 1 / u needs no more than two digits there, but 1 at u = 1.
        TVector e = Scale(ExpOfRemainder(AtLeast(TSimd.Negate(TSimd.Abs(x)), -104f), out TInt exponent), exponent);
        TVector one = TSimd.Broadcast(1f);
        TVector u = TSimd.Add(one, e);
        TVector lost = TSimd.Subtract(e, TSimd.Subtract(u, one));
        TVector f = Significand(u, out TVector k);
        TVector correction = TSimd.Multiply(lost, TSimd.MultiplyAdd(u, TSimd.Broadcast(-0.5f), TSimd.Broadcast(1.5f)));
        return TSimd.Add(AtLeast(x, 0f), LogOfSignificand(f, k, correction));
    }

    /// <summary>The error function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Erf(TVector x)
    {
        TVector t = AtMost(TSimd.Abs(x), 4f);

        // Up to 1: x + x P(x^2).
        TVector z = TSimd.Multiply(t, t);
        TVector p = TSimd.Broadcast(7.806904e-05f);
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(-0.0007997853f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(0.005187162f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(-0.026853347f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(0.11283579f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(-0.37612626f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Broadcast(0.12837917f));
        TVector near = TSimd.MultiplyAdd(p, t, t);

        // Beyond: 1 - exp(x Q(x)).
        TVector q = TSimd.Broadcast(-1.3905604e-05f);
        q = TSimd.MultiplyAdd(q, t, TSimd.Broadcast(0.00035f));
        q = TSimd.MultiplyAdd(q, t, TSimd.Broadcast(-0.0037549662f));
        q = TSimd.MultiplyAdd(q, t, TSimd.Broadcast(0.024004517f));
        q = TSimd.MultiplyAdd(q, t, TSimd.Broadcast(-0.10652411f));
        q = TSimd.MultiplyAdd(q, t, TSimd.Broadcast(-0.6349738f));
        q = TSimd.MultiplyAdd(q, t, TSimd.Broadcast(-1.1286932f));
        TVector far = TSimd.Subtract(TSimd.Broadcast(1f), ExpInRange(TSimd.Multiply(q, t)));

        return CopySign(TSimd.SelectGreater(t, TSimd.Broadcast(1f), far, near), x);
    }

    /// <summary>The magnitude of one value (not negative) with the sign of another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector CopySign(TVector magnitude, TVector sign) =>
        TSimd.FromBits(TSimd.Or(TSimd.Bits(magnitude), TSimd.And(TSimd.Bits(sign), TSimd.BroadcastInt(int.MinValue))));

    /// <summary>x, but at least the bound; NaN stays NaN. (Two instructions; the NaN-exact maximum takes eight on x86.)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector AtLeast(TVector x, float bound) => TSimd.SelectGreater(TSimd.Broadcast(bound), x, TSimd.Broadcast(bound), x);

    /// <summary>x, but at most the bound; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector AtMost(TVector x, float bound) => TSimd.SelectGreater(x, TSimd.Broadcast(bound), TSimd.Broadcast(bound), x);

    /// <summary>e^x for x between -87.3 and 88, NaN excepted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector ExpInRange(TVector x)
    {
        TVector p = ExpOfRemainder(x, out TInt exponent);
        return TSimd.Multiply(p, PowerOfTwo(exponent));
    }

    /// <summary>x = n ln 2 + r; gives e^r and n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpOfRemainder(TVector x, out TInt exponent)
    {
        TVector n = TSimd.Round(TSimd.Multiply(x, TSimd.Broadcast(Log2E)));
        exponent = TSimd.ToInt(n);
        TVector r = Remainder(x, n);
        TVector q = TSimd.Broadcast(0.0013819392f);
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.008368893f));
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.04166829f));
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.1666652f));
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.49999994f));
        return TSimd.Add(TSimd.MultiplyAdd(TSimd.Multiply(r, r), q, r), TSimd.Broadcast(1f));
    }

    /// <summary>x = n ln 2 + r; gives e^r - 1 and n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Expm1OfRemainder(TVector x, out TVector n)
    {
        n = TSimd.Round(TSimd.Multiply(x, TSimd.Broadcast(Log2E)));
        TVector r = Remainder(x, n);
        TVector q = TSimd.Broadcast(0.00019944223f);
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.0013933115f));
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.008333208f));
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.041666485f));
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.16666667f));
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.5f));
        return TSimd.MultiplyAdd(TSimd.Multiply(r, r), q, r);
    }

    /// <summary>p 2^n in two factors, because 2^n alone leaves the range of normal numbers at both ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Scale(TVector p, TInt exponent)
    {
        TInt half = TSimd.ShiftRightArithmetic(exponent, 1);
        return TSimd.Multiply(TSimd.Multiply(p, PowerOfTwo(half)), PowerOfTwo(TSimd.SubtractInt(exponent, half)));
    }

    /// <summary>x - n ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Remainder(TVector x, TVector n) =>
        TSimd.MultiplyAdd(n, TSimd.Broadcast(-Ln2Low), TSimd.MultiplyAdd(n, TSimd.Broadcast(-Ln2High), x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector PowerOfTwo(TInt exponent) =>
        TSimd.FromBits(TSimd.ShiftLeft(TSimd.AddInt(exponent, TSimd.BroadcastInt(127)), 23));

    /// <summary>Takes x = 2^k (1 + f) apart, with 1 + f between the square roots of 1/2 and 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Significand(TVector x, out TVector k)
    {
        TInt bits = TSimd.Bits(x);
        TInt exponent = TSimd.ShiftRightArithmetic(TSimd.SubtractInt(bits, TSimd.BroadcastInt(0x3F3504F3)), 23);
        k = TSimd.ToFloat(exponent);
        TVector significand = TSimd.FromBits(TSimd.SubtractInt(bits, TSimd.ShiftLeft(exponent, 23)));
        return TSimd.Subtract(significand, TSimd.Broadcast(1f));
    }

    /// <summary>k ln 2 + ln(1 + f) + correction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LogOfSignificand(TVector f, TVector k, TVector correction)
    {
        TVector p = TSimd.Broadcast(0.067498825f);
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-0.11675754f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(0.11886139f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-0.12405639f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(0.1422002f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-0.16668002f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(0.20002082f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-0.2500001f));
        p = TSimd.MultiplyAdd(p, f, TSimd.Broadcast(0.33333313f));
        TVector square = TSimd.Multiply(f, f);
        TVector tail = TSimd.Multiply(square, TSimd.MultiplyAdd(p, f, TSimd.Broadcast(-0.5f)));
        tail = TSimd.Add(tail, TSimd.MultiplyAdd(k, TSimd.Broadcast(Ln2Low), correction));
        return TSimd.MultiplyAdd(k, TSimd.Broadcast(Ln2High), TSimd.Add(f, tail));
    }

    /// <summary>Sets what a logarithm with its pole at <paramref name="pole"/> gives at the pole, below it, at infinity and for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LogLimits(TVector x, TVector pole, TVector result)
    {
        TVector atPole = TSimd.SelectGreater(pole, x, TSimd.Broadcast(float.NaN), TSimd.Broadcast(float.NegativeInfinity));
        result = TSimd.SelectGreater(x, pole, result, atPole);
        result = TSimd.SelectGreater(x, TSimd.Broadcast(float.MaxValue), x, result);
        return TSimd.SelectNaN(x, x, result);
    }
}
