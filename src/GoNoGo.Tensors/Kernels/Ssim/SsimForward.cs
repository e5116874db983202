using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>The similarity of one strip of rows of one channel, and its sum.</summary>
internal unsafe struct SsimForward : IVectorBody
{
    private const int StripRows = 64;

    public float* A;
    public float* B;
    public int Height;
    public int Width;
    public int Strips;
    public float* Window;
    public float* Map;
    public double* Sums;

    public static int StripCount(int height) => (height + StripRows - 1) / StripRows;

    public readonly void Invoke<TSimd, TVector, TInt>(int index)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        long plane = (long)(index / Strips) * Height * Width;
        int start = index % Strips * StripRows;
        int end = Math.Min(start + StripRows, Height);
        int lanes = SsimRows<TSimd, TVector, TInt>.Lanes(Width);
        using Scratch scratch = Scratch.OfFloats(SsimRows<TSimd, TVector, TInt>.Quantities * (lanes + SsimRows<TSimd, TVector, TInt>.Padded(Width)));
        float* moments = scratch.Floats;
        var rows = new SsimRows<TSimd, TVector, TInt>(A + plane, B + plane, Height, Width, Window, moments + (SsimRows<TSimd, TVector, TInt>.Quantities * lanes));
        double sum = 0;
        for (int row = start; row < end; row++)
        {
            rows.Moments(row, moments);
            sum += Similarity<TSimd, TVector, TInt>(moments, lanes);
            if (Map is not null)
            {
                new ReadOnlySpan<float>(moments, Width).CopyTo(new Span<float>(Map + plane + ((long)row * Width), Width));
            }
        }

        Sums[index] = sum;
    }

    /// <summary>Puts the similarities where the means of a were, and returns their sum.</summary>
    private readonly double Similarity<TSimd, TVector, TInt>(float* moments, int lanes)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector c1 = TSimd.Broadcast(Ssim.C1);
        TVector c2 = TSimd.Broadcast(Ssim.C2);
        TVector sum = TSimd.Zero;
        int whole = Width / TSimd.Count * TSimd.Count;
        for (int x = 0; x < lanes; x += TSimd.Count)
        {
            TVector meanA = TSimd.Load(moments + x);
            TVector meanB = TSimd.Load(moments + lanes + x);
            TVector product = TSimd.Multiply(meanA, meanB);
            TVector squares = TSimd.MultiplyAdd(meanA, meanA, TSimd.Multiply(meanB, meanB));
            TVector covariance = TSimd.Load(moments + (3 * lanes) + x);
            TVector variances = TSimd.Load(moments + (2 * lanes) + x);
            TVector above = TSimd.Multiply(TSimd.Add(TSimd.Add(product, product), c1), TSimd.Add(TSimd.Add(covariance, covariance), c2));
            TVector below = TSimd.Multiply(TSimd.Add(squares, c1), TSimd.Add(variances, c2));
            TVector similarity = TSimd.Divide(above, below);
            TSimd.Store(similarity, moments + x);
            sum = x < whole ? TSimd.Add(sum, similarity) : sum;
        }

        double total = TSimd.Sum(sum);
        for (int x = whole; x < Width; x++)
        {
            total += moments[x];
        }

        return total;
    }
}
