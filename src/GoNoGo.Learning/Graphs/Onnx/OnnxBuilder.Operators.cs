using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Learning.Graphs.Onnx;

/// <content>The operators; shapes as in the standard, operands are repeated where a dimension is 1 or missing in front.</content>
public sealed partial class OnnxBuilder
{
    /// <summary>a + b.</summary>
    public OnnxResult Add(OnnxResult a, OnnxResult b) => Node("Add", [a, b]);

    /// <summary>a - b.</summary>
    public OnnxResult Subtract(OnnxResult a, OnnxResult b) => Node("Sub", [a, b]);

    /// <summary>a b.</summary>
    public OnnxResult Multiply(OnnxResult a, OnnxResult b) => Node("Mul", [a, b]);

    /// <summary>a / b.</summary>
    public OnnxResult Divide(OnnxResult a, OnnxResult b) => Node("Div", [a, b]);

    /// <summary>The smaller of a and b.</summary>
    public OnnxResult Minimum(OnnxResult a, OnnxResult b) => Node("Min", [a, b]);

    /// <summary>The larger of a and b.</summary>
    public OnnxResult Maximum(OnnxResult a, OnnxResult b) => Node("Max", [a, b]);

    /// <summary>x^2.</summary>
    public OnnxResult Square(OnnxResult x) => Node("Mul", [x, x]);

    /// <summary>The square root.</summary>
    public OnnxResult Sqrt(OnnxResult x) => Node("Sqrt", [x]);

    /// <summary>e^x.</summary>
    public OnnxResult Exp(OnnxResult x) => Node("Exp", [x]);

    /// <summary>The natural logarithm.</summary>
    public OnnxResult Log(OnnxResult x) => Node("Log", [x]);

    /// <summary>max(x, 0).</summary>
    public OnnxResult Relu(OnnxResult x) => Node("Relu", [x]);

    /// <summary>x above 0, e^x - 1 below.</summary>
    public OnnxResult Elu(OnnxResult x) => Node("Elu", [x]);

    /// <summary>1 / (1 + e^-x).</summary>
    public OnnxResult Sigmoid(OnnxResult x) => Node("Sigmoid", [x]);

    /// <summary>The hyperbolic tangent.</summary>
    public OnnxResult Tanh(OnnxResult x) => Node("Tanh", [x]);

    /// <summary>The arc tangent.</summary>
    public OnnxResult Atan(OnnxResult x) => Node("Atan", [x]);

    /// <summary>log(1 + e^x), as max(x, 0) + log(1 + e^-|x|): runtimes differ in how they compute the operator of that name for large x.</summary>
    public OnnxResult Softplus(OnnxResult x) =>
        Add(Relu(x), Log(Add(Exp(Multiply(Node("Abs", [x]), Number(-1))), Number(1))));

    /// <summary>Matrix product of the last two dimensions.</summary>
    public OnnxResult MatMul(OnnxResult a, OnnxResult b) => Node("MatMul", [a, b]);

    /// <summary>Softmax over the last dimension.</summary>
    public OnnxResult Softmax(OnnxResult x) => Node("Softmax", [x], ("axis", -1));

    /// <summary>Logarithm of the softmax over the last dimension.</summary>
    public OnnxResult LogSoftmax(OnnxResult x) => Node("LogSoftmax", [x], ("axis", -1));

    /// <summary>log of the sum of e^x over a dimension, which goes; the largest is taken out first, so that nothing overflows.</summary>
    public OnnxResult LogSumExp(OnnxResult x, int axis)
    {
        OnnxResult largest = Largest(x, axis, keeps: true);
        return Squeeze(Add(largest, Log(Sum(Exp(Subtract(x, largest)), axis, keeps: true))), axis);
    }

    /// <summary>The sum over a dimension.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The dimension; negative counts from the end.</param>
    /// <param name="keeps">Whether it stays, as 1.</param>
    public OnnxResult Sum(OnnxResult x, int axis, bool keeps = false) => Node("ReduceSum", [x, Integers(axis)], ("keepdims", keeps ? 1 : 0));

    /// <summary>
    /// The mean over dimensions that go, one after the other: a runtime that adds in single precision loses digits over the hundreds of thousands
    /// of values of a map, not over one side of it.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The dimensions, in rising order.</param>
    public OnnxResult Mean(OnnxResult x, params int[] axes)
    {
        foreach (int axis in axes.Reverse())
        {
            x = Node("ReduceMean", [x], ("axes", (int[])[axis]), ("keepdims", 0));
        }

        return x;
    }

    /// <summary>The largest over a dimension.</summary>
    /// <inheritdoc cref="Sum"/>
    public OnnxResult Largest(OnnxResult x, int axis, bool keeps = false) => Node("ReduceMax", [x], ("axes", (int[])[axis]), ("keepdims", keeps ? 1 : 0));

    /// <summary>The smallest over a dimension.</summary>
    /// <inheritdoc cref="Sum"/>
    public OnnxResult Smallest(OnnxResult x, int axis, bool keeps = false) => Node("ReduceMin", [x], ("axes", (int[])[axis]), ("keepdims", keeps ? 1 : 0));

    /// <summary>The place of the largest of the last dimension, the first of several, in a dimension of 1: integers.</summary>
    public OnnxResult PlaceOfLargest(OnnxResult x) => Node("ArgMax", [x], ("axis", -1), ("keepdims", 1));

    /// <summary>The place of the smallest of the last dimension, the first of several, in a dimension of 1: integers.</summary>
    public OnnxResult PlaceOfSmallest(OnnxResult x) => Node("ArgMin", [x], ("axis", -1), ("keepdims", 1));

    /// <summary>The k largest or smallest of the last dimension, in their order, with their places (integers).</summary>
    public (OnnxResult Values, OnnxResult Places) TopK(OnnxResult x, int k, bool largest)
    {
        string name = NextName("TopK");
        IReadOnlyList<string> results = _model.Node(
            "TopK", [name, name + ".places"], [x.Name, Integers(k).Name], ("axis", -1), ("largest", largest ? 1 : 0), ("sorted", 1));
        return (new OnnxResult(results[0]), new OnnxResult(results[1]));
    }

    /// <summary>Entries of a dimension by constant numbers.</summary>
    public OnnxResult Gather(OnnxResult x, int[] numbers, int axis)
    {
        string name = NextName("Gather");
        return new OnnxResult(_model.Node("Gather", name, [x.Name, _model.Integers(name + ".numbers", numbers)], ("axis", axis)));
    }

    /// <summary>Rows of the first dimension by numbers that are computed; their dimensions stand in its place.</summary>
    public OnnxResult Gather(OnnxResult x, OnnxResult numbers) => Node("Gather", [x, numbers], ("axis", 0));

    /// <summary>Of each picture the row of a computed number: <c>[B, N, ..]</c> and <c>[B, 1]</c> to <c>[B, ..]</c>.</summary>
    public OnnxResult RowOfEach(OnnxResult x, OnnxResult numbers) => Node("GatherND", [x, numbers], ("batch_dims", 1));

    /// <summary>Another shape: 0 keeps a dimension, -1 is what is left.</summary>
    public OnnxResult Reshape(OnnxResult x, params ReadOnlySpan<int> dimensions) => Node("Reshape", [x, Integers(dimensions)]);

    /// <summary>Dimensions in another order.</summary>
    public OnnxResult Transpose(OnnxResult x, params int[] order) => Node("Transpose", [x], ("perm", order));

    /// <summary>A range of a dimension.</summary>
    public OnnxResult Slice(OnnxResult x, int axis, int start, int end) => Node("Slice", [x, Integers(start), Integers(end), Integers(axis)]);

    /// <summary>One after the other along a dimension.</summary>
    public OnnxResult Concat(int axis, params ReadOnlySpan<OnnxResult> parts) => parts.Length == 1 ? parts[0] : Node("Concat", parts, ("axis", axis));

    /// <summary>Without a dimension of 1.</summary>
    public OnnxResult Squeeze(OnnxResult x, int axis) => Node("Squeeze", [x, Integers(axis)]);

    /// <summary>A convolution of <c>[B, C, H, W]</c>.</summary>
    /// <param name="x">The maps.</param>
    /// <param name="weight"><c>[O, C / groups, kh, kw]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or null.</param>
    /// <param name="kernel">Rows and columns of the kernel.</param>
    /// <param name="window">Strides, paddings, dilations, groups.</param>
    public OnnxResult Conv2d(OnnxResult x, OnnxResult weight, OnnxResult? bias, (int Rows, int Columns) kernel, ConvolutionWindow window) =>
        Node("Conv", bias is { } added ? [x, weight, added] : [x, weight], Window(kernel, window));

    /// <summary>A transposed convolution of <c>[B, C, H, W]</c>, without output padding.</summary>
    /// <param name="x">The maps.</param>
    /// <param name="weight"><c>[C, O / groups, kh, kw]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or null.</param>
    /// <param name="kernel">Rows and columns of the kernel.</param>
    /// <param name="window">Strides, paddings, dilations, groups.</param>
    public OnnxResult ConvTranspose2d(OnnxResult x, OnnxResult weight, OnnxResult? bias, (int Rows, int Columns) kernel, ConvolutionWindow window) =>
        Node("ConvTranspose", bias is { } added ? [x, weight, added] : [x, weight], Window(kernel, window));

    /// <summary>The mean of every square of side k around a pixel of <c>[B, C, H, W]</c>; pixels outside count as zeros.</summary>
    public OnnxResult MeanOfNeighbours(OnnxResult x, int side) =>
        Node("AveragePool", [x], ("kernel_shape", (int[])[side, side]), ("strides", (int[])[1, 1]), ("pads", (int[])[side / 2, side / 2, side / 2, side / 2]), ("count_include_pad", 1));

    /// <summary>Batch norm with running statistics of <c>[B, C, H, W]</c>.</summary>
    /// <param name="x">The maps.</param>
    /// <param name="weight"><c>[C]</c>.</param>
    /// <param name="bias"><c>[C]</c>.</param>
    /// <param name="mean"><c>[C]</c>.</param>
    /// <param name="variance"><c>[C]</c>.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public OnnxResult BatchNorm2d(OnnxResult x, OnnxResult weight, OnnxResult bias, OnnxResult mean, OnnxResult variance, float epsilon) =>
        Node("BatchNormalization", [x, weight, bias, mean, variance], ("epsilon", epsilon));

    private static OnnxAttribute[] Window((int Rows, int Columns) kernel, ConvolutionWindow window) =>
    [
        ("kernel_shape", (int[])[kernel.Rows, kernel.Columns]),
        ("strides", (int[])[window.StrideHeight, window.StrideWidth]),
        ("pads", (int[])[window.PaddingTop, window.PaddingLeft, window.PaddingBottom, window.PaddingRight]),
        ("dilations", (int[])[window.DilationHeight, window.DilationWidth]),
        ("group", window.Groups),
    ];
}
