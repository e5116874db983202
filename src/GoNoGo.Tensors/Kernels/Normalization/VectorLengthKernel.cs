using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Reductions;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Normalization;

/// <summary>How a vector's new length depends on its old one.</summary>
public interface IVectorLength
{
    /// <summary>
    /// The factor f on a vector of length n, and s such that the gradient is dx = f dy + s (dy . x) x, that is s = f'(n) / n.
    /// </summary>
    void Factors(double length, out double factor, out double slope);
}

/// <summary>x / max(|x|, eps): vectors of length 1.</summary>
/// <param name="eps">Keeps the factor finite.</param>
public readonly struct UnitLength(double eps) : IVectorLength
{
    /// <inheritdoc/>
    public void Factors(double length, out double factor, out double slope)
    {
        factor = 1 / Math.Max(length, eps);
        slope = length > eps ? -factor / (length * length) : 0;
    }
}

/// <summary>
/// The "squash" of capsule networks (Sabour, Frosst, Hinton 2017, eq. 1; VT-ADL's projection): |s|^2 / (1 + |s|^2) * s / (|s| + eps),
/// lengths below 1. With eps 0 a zero vector gives NaN, as in the released VT-ADL code.
/// </summary>
/// <param name="eps">Keeps the direction of a zero vector finite.</param>
public readonly struct SquashLength(double eps) : IVectorLength
{
    /// <inheritdoc/>
    public void Factors(double length, out double factor, out double slope)
    {
        double square = length * length;
        factor = square / (1 + square) / (length + eps);
        slope = length == 0 && eps > 0
            ? 0 // multiplied by the zero vector anyway
            : factor * ((2 / length) - (2 * length / (1 + square)) - (1 / (length + eps))) / length;
    }
}

/// <summary>Scales vectors along one axis by a factor that depends on their length.</summary>
public static unsafe class VectorLengthKernel
{
    /// <summary>y = f(|x|) x for every vector along the axis.</summary>
    /// <param name="operation">The name that errors tell.</param>
    /// <param name="x">Source, any shape.</param>
    /// <param name="axis">The axis of the vectors; negative counts from the end.</param>
    /// <param name="lengthRule">f.</param>
    /// <param name="y">Destination in x's size; may be x.</param>
    public static void Forward<TLength>(string operation, Tensor x, int axis, TLength lengthRule, Tensor y) where TLength : struct, IVectorLength
    {
        var layout = new AxisLayout(operation, x.Shape, axis);
        ElementwiseKernel.RequireSize(operation, nameof(y), x.ElementCount, y);
        VectorLoop.For(layout.ItemCount, new Body<TLength> { Layout = layout, Rule = lengthRule, X = x.Pointer, Result = y.Pointer });
    }

    /// <summary>dx = f dy + s (dy . x) x.</summary>
    /// <param name="operation">The name that errors tell.</param>
    /// <param name="x">Source of the forward pass.</param>
    /// <param name="gradY">The gradient of the result.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="lengthRule">f.</param>
    /// <param name="gradX">Destination.</param>
    public static void Backward<TLength>(string operation, Tensor x, Tensor gradY, int axis, TLength lengthRule, GradientTarget gradX)
        where TLength : struct, IVectorLength
    {
        var layout = new AxisLayout(operation, x.Shape, axis);
        ElementwiseKernel.RequireSize(operation, nameof(gradY), x.ElementCount, gradY);
        VectorLoop.For(layout.ItemCount, new Body<TLength>
        {
            Layout = layout,
            Rule = lengthRule,
            X = x.Pointer,
            GradY = gradY.Pointer,
            Result = gradX.Tensor.Pointer,
            Accumulate = gradX.Accumulate,
        });
    }

    private struct Body<TLength> : IVectorBody where TLength : struct, IVectorLength
    {
        public AxisLayout Layout;
        public TLength Rule;
        public float* X;
        public float* GradY;
        public float* Result;
        public bool Accumulate;

        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            (long row, long end) = Layout.Rows(index);
            for (; row < end; row++)
            {
                long offset = Layout.Offset(row);
                if (Layout.Step == 1)
                {
                    Contiguous<TSimd, TVector, TInt>(offset);
                }
                else
                {
                    Strided(offset);
                }
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly void Contiguous<TSimd, TVector, TInt>(long offset)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float* x = X + offset;
            float* result = Result + offset;
            float* gradY = GradY == null ? null : GradY + offset;
            int length = Layout.Length;
            double square = BlockedSum<TSimd, TVector, TInt>.Dot(x, x, length);
            Rule.Factors(Math.Sqrt(square), out double factor, out double slope);
            double own = gradY == null ? factor : slope * BlockedSum<TSimd, TVector, TInt>.Dot(gradY, x, length);
            TVector ownFactor = TSimd.Broadcast((float)own);
            TVector gradFactor = TSimd.Broadcast((float)factor);
            for (int i = 0; i < length; i += TSimd.Count)
            {
                int rest = length - i;
                TVector value = TSimd.Multiply(VectorTail<TSimd, TVector, TInt>.Load(x + i, rest), ownFactor);
                if (gradY != null)
                {
                    value = TSimd.MultiplyAdd(VectorTail<TSimd, TVector, TInt>.Load(gradY + i, rest), gradFactor, value);
                }

                VectorTail<TSimd, TVector, TInt>.Store(value, result + i, rest, Accumulate);
            }
        }

        private readonly void Strided(long offset)
        {
            long end = offset + (Layout.Length * Layout.Step);
            double square = 0;
            double product = 0;
            for (long i = offset; i < end; i += Layout.Step)
            {
                square += (double)X[i] * X[i];
                product += GradY == null ? 0 : (double)GradY[i] * X[i];
            }

            Rule.Factors(Math.Sqrt(square), out double factor, out double slope);
            for (long i = offset; i < end; i += Layout.Step)
            {
                double value = GradY == null ? factor * X[i] : (factor * GradY[i]) + (slope * product * X[i]);
                Result[i] = (float)(Accumulate ? Result[i] + value : value);
            }
        }
    }

    /// <summary>The vectors along one axis.</summary>
    private readonly struct AxisLayout
    {
        private readonly long _rows;
        private readonly long _rowsPerItem;

        public AxisLayout(string operation, Shape shape, int axis)
        {
            int index = axis < 0 ? axis + shape.Rank : axis;
            if ((uint)index >= (uint)shape.Rank)
            {
                throw new ArgumentException($"{operation}: shape {shape} has no axis {axis}.", nameof(axis));
            }

            Length = shape[index];
            Step = shape.Product(index + 1, shape.Rank);
            _rows = Length == 0 ? 0 : shape.ElementCount / Length;
            _rowsPerItem = Math.Max(1, VectorLoop.ChunkElements / Math.Max(1, Length));
        }

        public int Length { get; }

        public long Step { get; }

        public int ItemCount => checked((int)((_rows + _rowsPerItem - 1) / _rowsPerItem));

        public (long Start, long End) Rows(int item) => (item * _rowsPerItem, Math.Min((item + 1) * _rowsPerItem, _rows));

        public long Offset(long row) => (row / Step * Length * Step) + (row % Step);
    }
}
