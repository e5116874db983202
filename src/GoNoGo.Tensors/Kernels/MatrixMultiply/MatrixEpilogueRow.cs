using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Elementwise;
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
    public static void Apply(float* row, int count, float* bias, float rowBias, MatrixActivation activation, float* residual, MatrixActivation final = MatrixActivation.None)
    {
        // The functions of the operators of that name: the same bits, fused or not.
        switch (activation)
        {
            case MatrixActivation.Relu:
                Apply<ReluFunction>(row, count, bias, rowBias, residual, final);
                break;
            case MatrixActivation.Gelu:
                Apply<GeluFunction>(row, count, bias, rowBias, residual, final);
                break;
            default:
                Apply<SameFunction>(row, count, bias, rowBias, residual, final);
                break;
        }
    }

    private static void Apply<TActivation>(float* row, int count, float* bias, float rowBias, float* residual, MatrixActivation final)
        where TActivation : struct, IUnaryFunction
    {
        switch (final)
        {
            case MatrixActivation.Relu:
                Run<TActivation, ReluFunction>(row, count, bias, rowBias, residual);
                break;
            case MatrixActivation.Gelu:
                Run<TActivation, GeluFunction>(row, count, bias, rowBias, residual);
                break;
            default:
                Run<TActivation, SameFunction>(row, count, bias, rowBias, residual);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TActivation, TFinal>(float* row, int count, float* bias, float rowBias, float* residual)
        where TActivation : struct, IUnaryFunction
        where TFinal : struct, IUnaryFunction
    {
        TVector constant = TSimd.Broadcast(rowBias);
        int j = 0;
        // Most epilogues have a bias: loops without questions.
        if (bias != null && residual == null)
        {
            for (; j <= count - TSimd.Count; j += TSimd.Count)
            {
                TVector x = Biased(TSimd.Load(row + j), TSimd.Load(bias + j), constant);
                TSimd.Store(Call<TFinal>(Call<TActivation>(x)), row + j);
            }
        }
        else if (bias != null)
        {
            for (; j <= count - TSimd.Count; j += TSimd.Count)
            {
                TVector x = Biased(TSimd.Load(row + j), TSimd.Load(bias + j), constant);
                TSimd.Store(Call<TFinal>(TSimd.Add(Call<TActivation>(x), TSimd.Load(residual + j))), row + j);
            }
        }

        for (; j < count; j += TSimd.Count)
        {
            int rest = Math.Min(count - j, TSimd.Count);
            TVector x = Biased(TSimd.LoadPartial(row + j, rest), bias == null ? TSimd.Zero : TSimd.LoadPartial(bias + j, rest), constant);
            x = Call<TActivation>(x);
            x = residual == null ? x : TSimd.Add(x, TSimd.LoadPartial(residual + j, rest));
            TSimd.StorePartial(Call<TFinal>(x), row + j, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Biased(TVector x, TVector bias, TVector constant) => TSimd.Add(TSimd.Add(x, bias), constant);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Call<TFunction>(TVector x) where TFunction : struct, IUnaryFunction => default(TFunction).Invoke<TSimd, TVector, TInt>(x);

    private readonly struct SameFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TV IUnaryFunction.Invoke<TS, TV, TI>(TV x) => x;
    }
}
