using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors.Onnx;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Pooling;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Features;

/// <summary>
/// Turns levels into one vector a patch: each level is averaged over neighbourhoods, brought to the finest grid of all (bilinear, centres at
/// half pixels) and set beside the others.
/// </summary>
internal sealed class PatchStack
{
    private readonly IReadOnlyList<FeatureLevel> _levels;
    private readonly int _neighbourhood;

    /// <summary>A stack of levels.</summary>
    /// <param name="levels">The levels, in the order of their columns.</param>
    /// <param name="neighbourhood">Side of the square of patches that are averaged, odd; 1 = none. Patches outside the map count as zeros, as in the published PatchCore: the border is then compared with the border.</param>
    public PatchStack(IReadOnlyList<FeatureLevel> levels, int neighbourhood)
    {
        _levels = levels;
        _neighbourhood = neighbourhood;
        FeatureLevel finest = levels.MaxBy(level => (long)level.Rows * level.Columns)!;
        (Rows, Columns) = (finest.Rows, finest.Columns);
        Width = levels.Sum(level => level.Width);
    }

    /// <summary>h: rows of patches.</summary>
    public int Rows { get; }

    /// <summary>w: columns of patches.</summary>
    public int Columns { get; }

    /// <summary>Patches of a picture.</summary>
    public int Patches => Rows * Columns;

    /// <summary>D: numbers of a patch.</summary>
    public int Width { get; }

    /// <summary>Stacks a batch.</summary>
    /// <param name="levels">Of each level its maps <c>[B, D_l, h_l, w_l]</c>.</param>
    /// <param name="scope">Owns what is needed on the way.</param>
    /// <param name="destination">Receives the patches, row by row, picture after picture: <c>[B h w, D]</c>.</param>
    public void Run(ReadOnlySpan<Tensor> levels, TensorScope scope, Tensor destination)
    {
        int column = 0;
        for (int i = 0; i < levels.Length; i++)
        {
            Tensor maps = levels[i];
            int batch = maps.Shape[0];
            int width = maps.Shape[1];
            if (_neighbourhood > 1)
            {
                Tensor pooled = scope.New(maps.Shape);
                AvgPool2dKernel.Forward(maps, new PoolWindow(_neighbourhood, 1, _neighbourhood / 2), countIncludePad: true, pooled);
                maps = pooled;
            }

            if (_levels[i].Rows != Rows || _levels[i].Columns != Columns)
            {
                Tensor resized = scope.New(new Shape(batch, width, Rows, Columns));
                Interpolate.Forward(maps, InterpolationMode.Bilinear, alignCorners: false, resized);
                maps = resized;
            }

            Strides from = default;
            Strides to = default;
            (from[0], from[1], from[2]) = ((long)width * Patches, Patches, 1);
            (to[0], to[1], to[2]) = ((long)Patches * Width, 1, Width);
            StridedCopy.Run(maps, 0, from, new Shape(batch, width, Patches), column, to, add: false, destination);
            column += width;
        }
    }

    /// <summary>Stacks a batch in an ONNX graph.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="levels">Of each level its maps <c>[B, D_l, h_l, w_l]</c>.</param>
    /// <returns>The patches <c>[B, P, D]</c>.</returns>
    public OnnxResult Export(OnnxBuilder onnx, IReadOnlyList<OnnxResult> levels)
    {
        var parts = new OnnxResult[levels.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            OnnxResult maps = _neighbourhood > 1 ? onnx.MeanOfNeighbours(levels[i], _neighbourhood) : levels[i];
            maps = OnnxMaps.Enlarge(onnx, maps, (_levels[i].Rows, _levels[i].Columns), (Rows, Columns));
            parts[i] = onnx.Reshape(maps, 0, _levels[i].Width, Patches);
        }

        return onnx.Transpose(onnx.Concat(1, parts), 0, 2, 1);
    }

    /// <summary>The patches of one picture of a source, <c>[h w, D]</c>.</summary>
    /// <param name="source">The features.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="scope">Owns what is needed on the way.</param>
    /// <param name="destination">Receives the patches.</param>
    /// <exception cref="Models.ModelException">A feature is no number.</exception>
    public void Read(IFeatureSource source, int picture, TensorScope scope, Tensor destination)
    {
        var levels = new Tensor[_levels.Count];
        for (int i = 0; i < levels.Length; i++)
        {
            FeatureLevel level = _levels[i];
            levels[i] = scope.New(new Shape(1, level.Width, level.Rows, level.Columns));
            source.Read(picture, i, levels[i].Span);
            FeatureCheck.Require(level, levels[i].Span);
        }

        Run(levels, scope, destination);
    }
}
