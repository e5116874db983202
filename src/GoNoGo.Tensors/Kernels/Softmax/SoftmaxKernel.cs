using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Reductions;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Softmax;

/// <summary>
/// Softmax, its logarithm and log-sum-exp along one axis. The largest logit is subtracted first, so that no logit overflows.
/// </summary>
public static unsafe class SoftmaxKernel
{
    // Plain sums inside a row run no longer than this.
    private const int BlockElements = 1024;

    /// <summary>y = e^x / sum of e^x along the axis.</summary>
    /// <param name="x">Logits, any shape.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="y">Destination in x's size; may be x.</param>
    /// <exception cref="ArgumentException">No such axis, or another size.</exception>
    public static void Softmax(Tensor x, int axis, Tensor y) => Forward("Softmax", SoftmaxForm.Softmax, x, axis, y);

    /// <summary>y = x - ln(sum of e^x) along the axis.</summary>
    /// <inheritdoc cref="Softmax"/>
    public static void LogSoftmax(Tensor x, int axis, Tensor y) => Forward("LogSoftmax", SoftmaxForm.LogSoftmax, x, axis, y);

    /// <summary>y = ln(sum of e^x) along the axis; -infinity where all logits are.</summary>
    /// <param name="x">Logits, any shape.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="y">Destination with the elements of x's shape without the axis.</param>
    public static void LogSumExp(Tensor x, int axis, Tensor y) => Forward("LogSumExp", SoftmaxForm.LogSumExp, x, axis, y);

    /// <summary>dx = y (dy - sum of dy y along the axis).</summary>
    /// <param name="y">Result of the forward pass.</param>
    /// <param name="gradY">Its gradient.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="gradX">Destination.</param>
    public static void SoftmaxBackward(Tensor y, Tensor gradY, int axis, GradientTarget gradX) =>
        Backward("Softmax", SoftmaxForm.Softmax, y, gradY, axis, gradX);

    /// <summary>dx = dy - e^y (sum of dy along the axis).</summary>
    /// <inheritdoc cref="SoftmaxBackward"/>
    public static void LogSoftmaxBackward(Tensor y, Tensor gradY, int axis, GradientTarget gradX) =>
        Backward("LogSoftmax", SoftmaxForm.LogSoftmax, y, gradY, axis, gradX);

    private static void Forward(string operation, SoftmaxForm form, Tensor x, int axis, Tensor y)
    {
        var layout = new SoftmaxLayout(operation, x.Shape, axis, LanesOf(VectorWidths.Current));
        ElementwiseKernel.RequireSize(operation, nameof(y), form == SoftmaxForm.LogSumExp ? layout.Outer * layout.Inner : x.ElementCount, y);
        VectorLoop.For(layout.ItemCount, new ForwardBody { Layout = layout, Form = form, X = x.Pointer, Y = y.Pointer });
    }

    private static void Backward(string operation, SoftmaxForm form, Tensor y, Tensor gradY, int axis, GradientTarget gradX)
    {
        var layout = new SoftmaxLayout(operation, y.Shape, axis, LanesOf(VectorWidths.Current));
        ElementwiseKernel.RequireSize(operation, nameof(gradY), y.ElementCount, gradY);
        VectorLoop.For(layout.ItemCount, new BackwardBody
        {
            Layout = layout,
            Form = form,
            Y = y.Pointer,
            GradY = gradY.Pointer,
            GradX = gradX.Tensor.Pointer,
            Accumulate = gradX.Accumulate,
        });
    }

    private static int LanesOf(VectorWidth width) => width == VectorWidth.Scalar ? 1 : (int)width / 32;

    /// <summary>ln of a positive number, by the engine's own function: the same on every system.</summary>
    private static float Log(double value) => VectorMath<SimdScalar, float, int>.Log((float)value);

    private enum SoftmaxForm
    {
        Softmax,
        LogSoftmax,
        LogSumExp,
    }

    private struct ForwardBody : IVectorBody
    {
        public SoftmaxLayout Layout;
        public SoftmaxForm Form;
        public float* X;
        public float* Y;

        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            (long unit, long end) = Layout.Units(index);
            for (; unit < end; unit++)
            {
                Layout.Locate(unit, out long offset, out long reduced, out int columns);
                float* y = Y + (Form == SoftmaxForm.LogSumExp ? reduced : offset);
                if (Layout.Inner == 1)
                {
                    Row<TSimd, TVector, TInt>(X + offset, y, Layout.Length);
                }
                else
                {
                    Columns<TSimd, TVector, TInt>(X + offset, y, columns);
                }
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly void Row<TSimd, TVector, TInt>(float* x, float* y, int length)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float largest = Largest<TSimd, TVector, TInt>(x, length);
            if (Form == SoftmaxForm.LogSumExp && float.IsInfinity(largest))
            {
                *y = InfiniteLogSumExp(x, length, largest);
                return;
            }

            bool store = Form == SoftmaxForm.Softmax;
            TVector shift = TSimd.Broadcast(largest);
            double sum = 0;
            for (int start = 0; start < length; start += BlockElements)
            {
                int end = Math.Min(start + BlockElements, length);
                TVector total = TSimd.Zero;
                int i = start;
                for (; i <= end - TSimd.Count; i += TSimd.Count)
                {
                    TVector e = VectorMath<TSimd, TVector, TInt>.ExpOfNegative(TSimd.Subtract(TSimd.Load(x + i), shift));
                    total = TSimd.Add(total, e);
                    if (store)
                    {
                        TSimd.Store(e, y + i);
                    }
                }

                sum += TSimd.Sum(total);
                if (i < end)
                {
                    TVector e = VectorMath<TSimd, TVector, TInt>.ExpOfNegative(TSimd.Subtract(TSimd.LoadPartial(x + i, end - i), shift));
                    sum += CompensatedSum<TSimd, TVector, TInt>.Lanes(e, TSimd.Zero, end - i);
                    if (store)
                    {
                        TSimd.StorePartial(e, y + i, end - i);
                    }
                }
            }

            if (Form == SoftmaxForm.LogSumExp)
            {
                *y = largest + Log(sum);
                return;
            }

            TVector scale = TSimd.Broadcast((float)(1 / sum));
            TVector logarithm = TSimd.Broadcast(store ? 0f : Log(sum));
            for (int i = 0; i < length; i += TSimd.Count)
            {
                int rest = length - i;
                TVector value = store
                    ? TSimd.Multiply(VectorTail<TSimd, TVector, TInt>.Load(y + i, rest), scale)
                    : TSimd.Subtract(TSimd.Subtract(VectorTail<TSimd, TVector, TInt>.Load(x + i, rest), shift), logarithm);
                VectorTail<TSimd, TVector, TInt>.Store(value, y + i, rest);
            }
        }

        /// <summary>The largest element; where there is a NaN, another element or NaN: the sum of exponentials is NaN anyway.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static float Largest<TSimd, TVector, TInt>(float* x, int length)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            TVector largest = TSimd.Broadcast(x[0]);
            int i = 0;
            for (; i <= length - TSimd.Count; i += TSimd.Count)
            {
                TVector value = TSimd.Load(x + i);
                largest = TSimd.SelectGreater(value, largest, value, largest);
            }

            float result = TSimd.MaxLane(largest);
            for (; i < length; i++)
            {
                result = x[i] > result ? x[i] : result;
            }

            return result;
        }

        /// <summary>Infinity, unless there is a NaN.</summary>
        private static float InfiniteLogSumExp(float* x, int length, float infinity)
        {
            for (int i = 0; i < length; i++)
            {
                if (float.IsNaN(x[i]))
                {
                    return float.NaN;
                }
            }

            return infinity;
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly void Columns<TSimd, TVector, TInt>(float* x, float* y, int columns)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            long step = Layout.Inner;
            int length = Layout.Length;
            TVector largest = VectorTail<TSimd, TVector, TInt>.Load(x, columns);
            for (int i = 1; i < length; i++)
            {
                largest = TSimd.Max(largest, VectorTail<TSimd, TVector, TInt>.Load(x + (i * step), columns));
            }

            bool store = Form == SoftmaxForm.Softmax;
            TVector total = TSimd.Zero;
            TVector lost = TSimd.Zero;
            for (int i = 0; i < length; i++)
            {
                TVector e = VectorMath<TSimd, TVector, TInt>.ExpOfNegative(TSimd.Subtract(VectorTail<TSimd, TVector, TInt>.Load(x + (i * step), columns), largest));
                CompensatedSum<TSimd, TVector, TInt>.Add(ref total, ref lost, e);
                if (store)
                {
                    VectorTail<TSimd, TVector, TInt>.Store(e, y + (i * step), columns);
                }
            }

            TVector sum = TSimd.Add(total, lost);
            TVector logarithm = VectorMath<TSimd, TVector, TInt>.Log(sum);
            if (Form == SoftmaxForm.LogSumExp)
            {
                TVector result = TSimd.Add(largest, logarithm);
                TVector infinite = TSimd.SelectGreater(TSimd.Abs(largest), TSimd.Broadcast(float.MaxValue), largest, result);
                VectorTail<TSimd, TVector, TInt>.Store(infinite, y, columns);
                return;
            }

            TVector scale = TSimd.Divide(TSimd.Broadcast(1f), sum);
            for (int i = 0; i < length; i++)
            {
                TVector value = store
                    ? TSimd.Multiply(VectorTail<TSimd, TVector, TInt>.Load(y + (i * step), columns), scale)
                    : TSimd.Subtract(TSimd.Subtract(VectorTail<TSimd, TVector, TInt>.Load(x + (i * step), columns), largest), logarithm);
                VectorTail<TSimd, TVector, TInt>.Store(value, y + (i * step), columns);
            }
        }
    }

    private struct BackwardBody : IVectorBody
    {
        public SoftmaxLayout Layout;
        public SoftmaxForm Form;
        public float* Y;
        public float* GradY;
        public float* GradX;
        public bool Accumulate;

        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            (long unit, long end) = Layout.Units(index);
            for (; unit < end; unit++)
            {
                Layout.Locate(unit, out long offset, out _, out int columns);
                if (Layout.Inner == 1)
                {
                    Row<TSimd, TVector, TInt>(Y + offset, GradY + offset, GradX + offset, Layout.Length);
                }
                else
                {
                    Columns<TSimd, TVector, TInt>(Y + offset, GradY + offset, GradX + offset, columns);
                }
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly void Row<TSimd, TVector, TInt>(float* y, float* gradY, float* gradX, int length)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            double total = Form == SoftmaxForm.Softmax
                ? BlockedSum<TSimd, TVector, TInt>.Dot(gradY, y, length)
                : BlockedSum<TSimd, TVector, TInt>.Values(gradY, length);
            TVector sum = TSimd.Broadcast((float)total);
            for (int i = 0; i < length; i += TSimd.Count)
            {
                int rest = length - i;
                TVector value = Slope<TSimd, TVector, TInt>(
                    VectorTail<TSimd, TVector, TInt>.Load(y + i, rest), VectorTail<TSimd, TVector, TInt>.Load(gradY + i, rest), sum);
                VectorTail<TSimd, TVector, TInt>.Store(value, gradX + i, rest, Accumulate);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly void Columns<TSimd, TVector, TInt>(float* y, float* gradY, float* gradX, int columns)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            long step = Layout.Inner;
            TVector total = TSimd.Zero;
            TVector lost = TSimd.Zero;
            for (int i = 0; i < Layout.Length; i++)
            {
                TVector value = VectorTail<TSimd, TVector, TInt>.Load(gradY + (i * step), columns);
                if (Form == SoftmaxForm.Softmax)
                {
                    value = TSimd.Multiply(value, VectorTail<TSimd, TVector, TInt>.Load(y + (i * step), columns));
                }

                CompensatedSum<TSimd, TVector, TInt>.Add(ref total, ref lost, value);
            }

            TVector sum = TSimd.Add(total, lost);
            for (int i = 0; i < Layout.Length; i++)
            {
                TVector value = Slope<TSimd, TVector, TInt>(
                    VectorTail<TSimd, TVector, TInt>.Load(y + (i * step), columns),
                    VectorTail<TSimd, TVector, TInt>.Load(gradY + (i * step), columns),
                    sum);
                VectorTail<TSimd, TVector, TInt>.Store(value, gradX + (i * step), columns, Accumulate);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly TVector Slope<TSimd, TVector, TInt>(TVector y, TVector gradY, TVector sum)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
            Form == SoftmaxForm.Softmax
                ? TSimd.Multiply(y, TSimd.Subtract(gradY, sum))
                : TSimd.Subtract(gradY, TSimd.Multiply(VectorMath<TSimd, TVector, TInt>.Exp(y), sum));
    }
}
