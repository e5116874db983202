using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// The gradient of one strip of rows of one channel. With the windowed means m = W a, n = W b, e = W (a^2 + b^2), p = W a b and the
/// similarity S(m, n, e, p): da = W (g dS/dm) + 2 a W (g dS/de) + b W (g dS/dp), because the window is symmetric; db likewise.
/// The eleven windowed rows of coefficients that one row of gradients needs are kept in a ring.
/// </summary>
internal unsafe struct SsimBackward : IVectorBody
{
    private const int StripRows = 128;
    private const int Radius = 5;
    private const int Ring = (2 * Radius) + 1;

    public float* A;
    public float* B;
    public int Channels;
    public int Height;
    public int Width;
    public int Strips;
    public float* Window;
    public float* Gradient;
    public bool IsPerImage;
    public bool AddA;
    public float* GradA;
    public bool AddB;
    public float* GradB;

    public static int StripCount(int height) => (height + StripRows - 1) / StripRows;

    public readonly void Invoke<TSimd, TVector, TInt>(int index)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        const int quantities = SsimRows<TSimd, TVector, TInt>.Quantities;
        int lanes = SsimRows<TSimd, TVector, TInt>.Lanes(Width);
        int padded = SsimRows<TSimd, TVector, TInt>.Padded(Width);
        int channel = index / Strips;
        long plane = (long)channel * Height * Width;
        int start = index % Strips * StripRows;
        int end = Math.Min(start + StripRows, Height);
        using Scratch scratch = Scratch.OfFloats(quantities * ((lanes * (1L + Ring)) + (2 * padded)));
        float* moments = scratch.Floats;
        float* ring = moments + (quantities * lanes);
        float* coefficients = ring + ((long)quantities * lanes * Ring);
        float* room = coefficients + (quantities * padded);
        new Span<float>(coefficients, quantities * padded).Clear();
        var rows = new SsimRows<TSimd, TVector, TInt>(A + plane, B + plane, Height, Width, Window, room);

        int whole = Width / TSimd.Count * TSimd.Count;
        int ready = Math.Max(start - Radius, 0);
        for (int row = start; row < end; row++)
        {
            for (; ready <= Math.Min(row + Radius, Height - 1); ready++)
            {
                rows.Moments(ready, moments);
                float* gradient = IsPerImage ? null : Gradient + plane + ((long)ready * Width);
                float uniform = IsPerImage ? Gradient[channel / Channels] : 0f;
                Coefficients<TSimd, TVector, TInt>(moments, lanes, padded, 0, whole, gradient, uniform, coefficients + Radius);
                Coefficients<SimdScalar, float, int>(moments, lanes, padded, whole, Width, gradient, uniform, coefficients + Radius);
                for (int quantity = 0; quantity < quantities; quantity++)
                {
                    float* slot = ring + ((((long)(ready % Ring) * quantities) + quantity) * lanes);
                    SsimRows<TSimd, TVector, TInt>.Along(coefficients + (quantity * padded), Window, lanes, slot);
                }
            }

            Row<TSimd, TVector, TInt>(plane, row, 0, whole, lanes, ring);
            Row<SimdScalar, float, int>(plane, row, whole, Width, lanes, ring);
        }
    }

    /// <summary>g dS/dm, g dS/dn, g dS/de and g dS/dp of a row.</summary>
    private static void Coefficients<TSimd, TVector, TInt>(
        float* moments, int lanes, int padded, int start, int end, float* gradient, float uniform, float* coefficients)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector one = TSimd.Broadcast(1f);
        TVector c1 = TSimd.Broadcast(Ssim.C1);
        TVector c2 = TSimd.Broadcast(Ssim.C2);
        for (int x = start; x < end; x += TSimd.Count)
        {
            TVector g = gradient is null ? TSimd.Broadcast(uniform) : TSimd.Load(gradient + x);
            TVector m = TSimd.Load(moments + x);
            TVector n = TSimd.Load(moments + lanes + x);
            TVector product = TSimd.Multiply(m, n);
            TVector squares = TSimd.MultiplyAdd(m, m, TSimd.Multiply(n, n));
            TVector covariance = TSimd.Load(moments + (3 * lanes) + x);
            TVector variances = TSimd.Load(moments + (2 * lanes) + x);
            TVector above1 = TSimd.Add(TSimd.Add(product, product), c1);
            TVector above2 = TSimd.Add(TSimd.Add(covariance, covariance), c2);
            TVector inverse1 = TSimd.Divide(one, TSimd.Add(squares, c1));
            TVector inverse2 = TSimd.Divide(one, TSimd.Add(variances, c2));
            TVector inverse = TSimd.Multiply(g, TSimd.Multiply(inverse1, inverse2));
            TVector similarity = TSimd.Multiply(TSimd.Multiply(above1, above2), inverse);
            TVector cross = TSimd.Multiply(TSimd.Subtract(above2, above1), inverse);
            cross = TSimd.Add(cross, cross);
            TVector own = TSimd.Multiply(similarity, TSimd.Subtract(inverse1, inverse2));
            own = TSimd.Add(own, own);
            float* to = coefficients + x;
            TSimd.Store(TSimd.Subtract(TSimd.Multiply(n, cross), TSimd.Multiply(m, own)), to);
            TSimd.Store(TSimd.Subtract(TSimd.Multiply(m, cross), TSimd.Multiply(n, own)), to + padded);
            TSimd.Store(TSimd.Negate(TSimd.Multiply(similarity, inverse2)), to + (2 * padded));
            TVector slope = TSimd.Multiply(above1, inverse);
            TSimd.Store(TSimd.Add(slope, slope), to + (3 * padded));
        }
    }

    private readonly void Row<TSimd, TVector, TInt>(long plane, int row, int start, int end, int lanes, float* ring)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        const int quantities = SsimRows<TSimd, TVector, TInt>.Quantities;
        int first = Math.Max(row - Radius, 0);
        int last = Math.Min(row + Radius, Height - 1);
        float** slots = stackalloc float*[Ring];
        for (int y = first; y <= last; y++)
        {
            slots[y - first] = ring + ((long)(y % Ring) * quantities * lanes);
        }

        for (int x = start; x < end; x += TSimd.Count)
        {
            TVector meanA = TSimd.Zero;
            TVector meanB = TSimd.Zero;
            TVector squares = TSimd.Zero;
            TVector product = TSimd.Zero;
            for (int y = first; y <= last; y++)
            {
                TVector weight = TSimd.Broadcast(Window[y - row + Radius]);
                float* slot = slots[y - first] + x;
                meanA = TSimd.MultiplyAdd(weight, TSimd.Load(slot), meanA);
                meanB = TSimd.MultiplyAdd(weight, TSimd.Load(slot + lanes), meanB);
                squares = TSimd.MultiplyAdd(weight, TSimd.Load(slot + (2 * lanes)), squares);
                product = TSimd.MultiplyAdd(weight, TSimd.Load(slot + (3 * lanes)), product);
            }

            long at = plane + ((long)row * Width) + x;
            TVector a = TSimd.Load(A + at);
            TVector b = TSimd.Load(B + at);
            squares = TSimd.Add(squares, squares);
            if (GradA is not null)
            {
                TVector gradA = TSimd.MultiplyAdd(a, squares, TSimd.MultiplyAdd(b, product, meanA));
                TSimd.Store(AddA ? TSimd.Add(gradA, TSimd.Load(GradA + at)) : gradA, GradA + at);
            }

            if (GradB is not null)
            {
                TVector gradB = TSimd.MultiplyAdd(b, squares, TSimd.MultiplyAdd(a, product, meanB));
                TSimd.Store(AddB ? TSimd.Add(gradB, TSimd.Load(GradB + at)) : gradB, GradB + at);
            }
        }
    }
}
