using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>The epilogue on one row segment of a product: x = final(activation(x + bias + rowBias) + residual).</summary>
internal static unsafe class MatrixEpilogueRow<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt>
    where TVector : struct
    where TInt : struct
{
    /// <summary>Works in place on <paramref name="count"/> elements; <paramref name="bias"/> and <paramref name="residual"/> may be null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* row, int count, float* bias, float rowBias, MatrixActivation activation, float* residual, MatrixActivation final = MatrixActivation.None)
    {
        TVector constant = TSimd.Broadcast(rowBias);
        int j = 0;
        for (; j <= count - TSimd.Count; j += TSimd.Count)
        {
            TVector x = Biased(TSimd.Load(row + j), bias == null ? TSimd.Zero : TSimd.Load(bias + j), constant);
            x = Activate(x, activation);
            x = residual == null ? x : TSimd.Add(x, TSimd.Load(residual + j));
            TSimd.Store(final == MatrixActivation.None ? x : Finally(x, final), row + j);
        }

        if (j < count)
        {
            int rest = count - j;
            TVector x = Biased(TSimd.LoadPartial(row + j, rest), bias == null ? TSimd.Zero : TSimd.LoadPartial(bias + j, rest), constant);
            x = Activate(x, activation);
            x = residual == null ? x : TSimd.Add(x, TSimd.LoadPartial(residual + j, rest));
            TSimd.StorePartial(final == MatrixActivation.None ? x : Finally(x, final), row + j, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Biased(TVector x, TVector bias, TVector constant) => TSimd.Add(TSimd.Add(x, bias), constant);

    /// <summary>Of functions after a residual only ReLU is common: the other one stays out of the loop's code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Finally(TVector x, MatrixActivation final) =>
        final == MatrixActivation.Relu ? new ReluFunction().Invoke<TSimd, TVector, TInt>(x) : FinalGelu(x);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TVector FinalGelu(TVector x) => new GeluFunction().Invoke<TSimd, TVector, TInt>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Activate(TVector x, MatrixActivation activation) => activation switch
    {
        // The functions of the operators of that name: the same bits, fused or not.
        MatrixActivation.Relu => new ReluFunction().Invoke<TSimd, TVector, TInt>(x),
        MatrixActivation.Gelu => new GeluFunction().Invoke<TSimd, TVector, TInt>(x),
        _ => x,
    };
}
