using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Pooling;

/// <summary>Pooling of channels-last images <c>[B, H W, C]</c>: the channels are the vectors' dimension.</summary>
public static unsafe class PixelPooling
{
    /// <summary>The largest pixel of every window; padding never wins, NaN always.</summary>
    /// <param name="x"><c>[B, H W, C]</c>.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="window">Extent, stride, padding.</param>
    /// <param name="y"><c>[B, H' W', C]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void Max(Tensor x, int height, int width, in PoolWindow window, Tensor y) =>
        Run(x, height, width, window, Body.Form.Max, countIncludePad: false, default, y);

    /// <summary>The mean of every window.</summary>
    /// <param name="x"><c>[B, H W, C]</c>.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="window">Extent, stride, padding.</param>
    /// <param name="countIncludePad">Whether padding counts as zeros.</param>
    /// <param name="y"><c>[B, H' W', C]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void Average(Tensor x, int height, int width, in PoolWindow window, bool countIncludePad, Tensor y) =>
        Run(x, height, width, window, Body.Form.Average, countIncludePad, default, y);

    /// <summary>The pooling token mixer: y = x + factors * (mean over the window around x - x), padding not counted.</summary>
    /// <param name="x"><c>[B, H W, C]</c>.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="window">Of stride 1, and as much padding as keeps the extent.</param>
    /// <param name="factors"><c>[C]</c>.</param>
    /// <param name="y">Of x's shape; must not overlap it.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void Mix(Tensor x, int height, int width, in PoolWindow window, Tensor factors, Tensor y)
    {
        if (x.Shape != y.Shape || factors.Shape != new Shape(x.Shape[-1]) || window.OutputShape(new Shape(1, 1, height, width)) != new Shape(1, 1, height, width))
        {
            throw new ArgumentException($"PixelPooling.Mix: x {x.Shape}, factors {factors.Shape}, y {y.Shape}: expected [B, H W, C], [C] and x's shape, and a window that keeps {height} x {width}.", nameof(y));
        }

        Run(x, height, width, window, Body.Form.Mix, countIncludePad: false, factors, y);
    }

    private static void Run(Tensor x, int height, int width, in PoolWindow window, Body.Form form, bool countIncludePad, Tensor factors, Tensor y)
    {
        if (x.Rank != 3 || x.Shape[1] != (long)height * width)
        {
            throw new ArgumentException($"PixelPooling: x has shape {x.Shape}, expected [B, {height} x {width}, C].", nameof(x));
        }

        Shape map = window.OutputShape(new Shape(x.Shape[0], x.Shape[2], height, width));
        if (y.Shape != new Shape(map[0], map[2] * map[3], map[1]))
        {
            throw new ArgumentException($"PixelPooling: y has shape {y.Shape}, expected [{map[0]}, {map[2]} x {map[3]}, {map[1]}].", nameof(y));
        }

        VectorLoop.For(map[0] * map[2], new Body
        {
            X = x.Pointer,
            Factors = factors.IsEmpty ? null : factors.Pointer,
            Y = y.Pointer,
            Channels = map[1],
            Height = height,
            Width = width,
            OutputHeight = map[2],
            OutputWidth = map[3],
            Window = window,
            CountIncludePad = countIncludePad,
            Kind = form,
        });
    }

    /// <summary>An item is a line of the result.</summary>
    private struct Body : IVectorBody
    {
        public enum Form
        {
            Max,
            Average,
            Mix,
        }

        public float* X;
        public float* Factors;
        public float* Y;
        public int Channels;
        public int Height;
        public int Width;
        public int OutputHeight;
        public int OutputWidth;
        public PoolWindow Window;
        public bool CountIncludePad;
        public Form Kind;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int image = index / OutputHeight;
            int line = index - (image * OutputHeight);
            float* source = X + ((nint)image * Height * Width * Channels);
            float* target = Y + ((nint)index * OutputWidth * Channels);
            int top = Math.Max((line * Window.StrideHeight) - Window.PaddingHeight, 0);
            int bottom = Math.Min((line * Window.StrideHeight) - Window.PaddingHeight + Window.KernelHeight, Height);
            for (int x = 0; x < OutputWidth; x++, target += Channels)
            {
                int left = Math.Max((x * Window.StrideWidth) - Window.PaddingWidth, 0);
                int right = Math.Min((x * Window.StrideWidth) - Window.PaddingWidth + Window.KernelWidth, Width);
                float* first = source + ((((nint)top * Width) + left) * Channels);
                float* self = source + ((((nint)line * Width) + x) * Channels);
                switch (Kind)
                {
                    case Form.Max:
                        Max<TSimd, TVector, TInt>(first, bottom - top, right - left, target);
                        break;
                    default:
                        int count = CountIncludePad ? Window.KernelHeight * Window.KernelWidth : (bottom - top) * (right - left);
                        Mean<TSimd, TVector, TInt>(first, bottom - top, right - left, 1f / count, self, target);
                        break;
                }
            }
        }

        private readonly void Max<TSimd, TVector, TInt>(float* first, int rows, int columns, float* target)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            for (int c = 0; c < Channels; c += TSimd.Count)
            {
                int count = Math.Min(TSimd.Count, Channels - c);
                TVector largest = Read<TSimd, TVector, TInt>(first + c, count);
                for (int row = 0; row < rows; row++)
                {
                    float* pixel = first + ((nint)row * Width * Channels) + c;
                    for (int column = 0; column < columns; column++, pixel += Channels)
                    {
                        largest = TSimd.Max(largest, Read<TSimd, TVector, TInt>(pixel, count));
                    }
                }

                Write<TSimd, TVector, TInt>(largest, target + c, count);
            }
        }

        private readonly void Mean<TSimd, TVector, TInt>(float* first, int rows, int columns, float share, float* self, float* target)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            TVector factor = TSimd.Broadcast(share);
            for (int c = 0; c < Channels; c += TSimd.Count)
            {
                int count = Math.Min(TSimd.Count, Channels - c);
                TVector sum = TSimd.Zero;
                for (int row = 0; row < rows; row++)
                {
                    float* pixel = first + ((nint)row * Width * Channels) + c;
                    for (int column = 0; column < columns; column++, pixel += Channels)
                    {
                        sum = TSimd.Add(sum, Read<TSimd, TVector, TInt>(pixel, count));
                    }
                }

                TVector result = TSimd.Multiply(sum, factor);
                if (Kind == Form.Mix)
                {
                    TVector x = Read<TSimd, TVector, TInt>(self + c, count);
                    result = TSimd.MultiplyAdd(Read<TSimd, TVector, TInt>(Factors + c, count), TSimd.Subtract(result, x), x);
                }

                Write<TSimd, TVector, TInt>(result, target + c, count);
            }
        }

        private static TVector Read<TSimd, TVector, TInt>(float* source, int count)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
            count == TSimd.Count ? TSimd.Load(source) : TSimd.LoadPartial(source, count);

        private static void Write<TSimd, TVector, TInt>(TVector value, float* target, int count)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            if (count == TSimd.Count)
            {
                TSimd.Store(value, target);
            }
            else
            {
                TSimd.StorePartial(value, target, count);
            }
        }
    }
}
