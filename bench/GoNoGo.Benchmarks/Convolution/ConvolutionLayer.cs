using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Benchmarks.Convolution;

/// <summary>One layer with its tensors, and the three passes of a training step.</summary>
internal sealed class ConvolutionLayer
{
    private readonly bool _transposed;
    private readonly ConvolutionGeometry _geometry;
    private readonly Tensor _weight;
    private readonly Tensor _bias;
    private readonly Tensor _gradWeight;
    private readonly Tensor _gradBias;

    public ConvolutionLayer(LayerShape shape, int batch, Tensor x, Tensor gradX, TensorScope scope)
    {
        Shape = shape;
        _transposed = shape.Transposed;
        X = x.IsEmpty ? Fill(scope.New(new Shape(batch, shape.Input, shape.Side, shape.Side))) : x;
        GradX = gradX.IsEmpty ? scope.New(X.Shape) : gradX;
        Shape weight = _transposed ? new Shape(shape.Input, shape.Output, shape.Kernel, shape.Kernel) : new Shape(shape.Output, shape.Input, shape.Kernel, shape.Kernel);
        var window = new ConvolutionWindow(shape.Stride, shape.Padding);
        _geometry = _transposed ? ConvolutionGeometry.ForConvTranspose2d(X.Shape, weight, window) : ConvolutionGeometry.ForConv2d(X.Shape, weight, window);
        _weight = Fill(scope.New(weight));
        _bias = Fill(scope.New(new Shape(shape.Output)));
        _gradWeight = scope.New(weight);
        _gradBias = scope.New(new Shape(shape.Output));
        Y = scope.New(_transposed ? _geometry.InputShape(batch) : _geometry.OutputShape(batch));
        GradY = Fill(scope.New(Y.Shape));
        Work = 2e-9 * batch * _geometry.Products;
    }

    public LayerShape Shape { get; }

    public Tensor X { get; }

    public Tensor GradX { get; }

    public Tensor Y { get; }

    public Tensor GradY { get; }

    /// <summary>Billions of operations of each pass.</summary>
    public double Work { get; }

    public void Forward()
    {
        if (_transposed)
        {
            ConvTranspose2dKernel.Forward(X, _weight, _bias, _geometry, relu: false, Y);
        }
        else
        {
            Conv2dKernel.Forward(X, _weight, _bias, _geometry, relu: false, Y);
        }
    }

    public void GradientOfInput()
    {
        if (_transposed)
        {
            ConvTranspose2dKernel.GradientOfInput(GradY, _weight, _geometry, accumulate: false, GradX);
        }
        else
        {
            Conv2dKernel.GradientOfInput(GradY, _weight, _geometry, accumulate: false, GradX);
        }
    }

    public void GradientOfWeight()
    {
        if (_transposed)
        {
            ConvTranspose2dKernel.GradientOfWeight(X, GradY, _geometry, accumulate: false, _gradWeight);
        }
        else
        {
            Conv2dKernel.GradientOfWeight(X, GradY, _geometry, accumulate: false, _gradWeight);
        }

        Conv2dKernel.GradientOfBias(GradY, accumulate: false, _gradBias);
    }

    private static Tensor Fill(Tensor tensor)
    {
        Span<float> values = tensor.Span;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ((i * 7919L % 2003) / 2002f) - 0.5f;
        }

        return tensor;
    }
}

/// <summary>The numbers of a square layer.</summary>
internal sealed record LayerShape(int Side, int Input, int Output, int Kernel, int Stride, int Padding, bool Transposed)
{
    /// <summary>For example <c>32 x 245² -> 16 transposed 9x9 / 2</c>.</summary>
    public string Name => FormattableString.Invariant($"{Input} x {Side}² -> {Output} {(Transposed ? "transposed " : "")}{Kernel}x{Kernel}{(Stride > 1 ? $" / {Stride}" : "")}");

    /// <summary>VT-ADL's decoder: 8 x 8 becomes 512 x 512.</summary>
    public static LayerShape[] Decoder { get; } =
    [
        new(8, 8, 16, 3, 2, 1, true), new(15, 16, 32, 9, 3, 1, true), new(49, 32, 32, 7, 5, 1, true),
        new(245, 32, 16, 9, 2, 0, true), new(497, 16, 8, 6, 1, 0, true), new(502, 8, 3, 11, 1, 0, true),
    ];

    /// <summary>The autoencoder's encoder.</summary>
    public static LayerShape[] Autoencoder { get; } =
    [
        new(128, 3, 32, 4, 2, 1, false), new(64, 32, 32, 4, 2, 1, false), new(32, 32, 64, 4, 2, 1, false), new(16, 64, 64, 4, 2, 1, false), new(8, 64, 128, 4, 2, 1, false),
    ];

    /// <summary>Layers of residual networks and flows.</summary>
    public static LayerShape[] Others { get; } =
    [
        new(224, 3, 64, 7, 2, 3, false), new(56, 64, 64, 3, 1, 1, false), new(56, 64, 256, 1, 1, 0, false), new(28, 256, 256, 3, 2, 1, false), new(14, 256, 256, 3, 1, 1, false),
        new(7, 512, 512, 3, 1, 1, false), new(14, 384, 61, 3, 1, 1, false), new(14, 61, 768, 3, 1, 1, false), new(14, 384, 61, 1, 1, 0, false), new(224, 3, 768, 16, 16, 0, false),
    ];
}
