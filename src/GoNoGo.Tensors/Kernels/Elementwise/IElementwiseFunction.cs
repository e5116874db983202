using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise;

/// <summary>A function of one number, for <see cref="ElementwiseKernel"/>: a struct that carries its constants.</summary>
public interface IUnaryFunction
{
    /// <summary>Applies it to every lane.</summary>
    TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct;
}

/// <summary>A function of two numbers, for <see cref="ElementwiseKernel"/>.</summary>
public interface IBinaryFunction
{
    /// <summary>Applies it lane by lane.</summary>
    TVector Invoke<TSimd, TVector, TInt>(TVector left, TVector right)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct;
}

/// <summary>A function of three numbers, for <see cref="ElementwiseKernel"/>.</summary>
public interface ITernaryFunction
{
    /// <summary>Applies it lane by lane.</summary>
    TVector Invoke<TSimd, TVector, TInt>(TVector first, TVector second, TVector third)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct;
}
