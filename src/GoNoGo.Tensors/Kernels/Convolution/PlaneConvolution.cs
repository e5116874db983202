using System.Runtime.Intrinsics;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// A convolution or the adjoint of one as an implicit matrix multiply: weights times the shifted planes of the source, which are
/// padded copies of a few images at a time, never unrolled over the taps.
/// </summary>
internal static unsafe class PlaneConvolution
{
    // Images are taken together until their planes have so many floats: 8 MB, so that they stay in the caches.
    private const long PlaneBudget = 2 << 20;

    /// <summary>y [+]= conv(x) + bias.</summary>
    public static void Forward(VectorWidth width, float* x, float* weight, float* bias, in ConvolutionGeometry g, int images, bool relu, bool accumulate, float* y)
    {
        Run(width, g, adjoint: false, x, weight, bias, images, relu, accumulate, y);
    }

    /// <summary>x [+]= convᵀ(y) + bias.</summary>
    public static void Adjoint(VectorWidth width, float* y, float* weight, float* bias, in ConvolutionGeometry g, int images, bool relu, bool accumulate, float* x)
    {
        Run(width, g, adjoint: true, y, weight, bias, images, relu, accumulate, x);
    }

    /// <summary>The planes of a convolution's source.</summary>
    public static PlaneLayout Layout(in ConvolutionGeometry g, bool adjoint)
    {
        ConvolutionWindow w = g.Window;
        return adjoint
            ? new PlaneLayout(
                PlaneAxis.Adjoint(g.InputHeight, g.OutputHeight, g.KernelHeight, w.StrideHeight, w.DilationHeight, w.PaddingTop),
                PlaneAxis.Adjoint(g.InputWidth, g.OutputWidth, g.KernelWidth, w.StrideWidth, w.DilationWidth, w.PaddingLeft),
                g.OutputChannels)
            : new PlaneLayout(
                PlaneAxis.Forward(g.InputHeight, g.OutputHeight, g.KernelHeight, w.StrideHeight, w.DilationHeight, w.PaddingTop),
                PlaneAxis.Forward(g.InputWidth, g.OutputWidth, g.KernelWidth, w.StrideWidth, w.DilationWidth, w.PaddingLeft),
                g.InputChannels);
    }

    /// <summary>How many images are taken at a time.</summary>
    public static int ImagesAtATime(long floatsPerImage, int images) => (int)Math.Clamp(PlaneBudget / floatsPerImage, 1, images);

    private static void Run(
        VectorWidth width, in ConvolutionGeometry g, bool adjoint, float* source, float* weight, float* bias, int images, bool relu, bool accumulate, float* target)
    {
        var product = new PlaneProduct(g, adjoint, Layout(g, adjoint), width)
        {
            Weight = weight,
            Bias = bias,
            Relu = relu,
            Accumulate = accumulate,
        };
        PlaneLayout layout = product.Layout;
        int step = ImagesAtATime(layout.ImageStride, images);
        TensorStorage planes = MemoryPool.Shared.Rent((step * layout.ImageStride) + PlaneLayout.Slack);
        TensorStorage packed = MemoryPool.Shared.Rent(product.PackedWeights);
        TensorStorage tables = MemoryPool.Shared.Rent(product.TableLength);
        try
        {
            product.Planes = planes.Pointer;
            product.Packed = packed.Pointer;
            product.Tables = (int*)tables.Pointer;
            product.BuildTables();
            Workers.For(product.Groups * product.Blocks, new PackWeights(product));
            long sourceImage = (long)layout.Channels * layout.Rows.SourceExtent * layout.Columns.SourceExtent;
            long targetImage = (long)product.TargetChannels * layout.Rows.TargetExtent * layout.Columns.TargetExtent;
            for (int image = 0; image < images; image += step)
            {
                int count = Math.Min(step, images - image);
                layout.Fill(source + (image * sourceImage), count, planes.Pointer);
                product.Target = target + (image * targetImage);
                Compute(product, count);
            }
        }
        finally
        {
            MemoryPool.Shared.Return(planes);
            MemoryPool.Shared.Return(packed);
            MemoryPool.Shared.Return(tables);
        }
    }

    private static void Compute(in PlaneProduct product, int images)
    {
        int items = product.PlanItems(images, out PlaneProduct planned);
        switch (planned.Width)
        {
            case VectorWidth.Bits512:
                Workers.For(items, new PlaneProductBody<Simd512, Vector512<float>, Vector512<int>>(planned));
                break;
            case VectorWidth.Bits256:
                Workers.For(items, new PlaneProductBody<Simd256, Vector256<float>, Vector256<int>>(planned));
                break;
            case VectorWidth.Bits128:
                Workers.For(items, new PlaneProductBody<Simd128, Vector128<float>, Vector128<int>>(planned));
                break;
            default:
                Workers.For(items, new PlaneProductBody<SimdScalar, float, int>(planned));
                break;
        }
    }

    private readonly struct PackWeights(PlaneProduct product) : IParallelBody
    {
        public void Invoke(int index) => product.PackBlock(index / product.Blocks, index % product.Blocks);
    }
}
