using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// Maps in blocks of 16 channels, <c>[B, ceil(C / 16), H W, 16]</c>: a pixel's channels of a block are one cache line, so that products and
/// Winograd's transforms run along channels, whatever the extents of the maps. Channels that do not exist are zero.
/// </summary>
public readonly unsafe struct BlockedMaps
{
    /// <summary>Channels of a block.</summary>
    public const int Lanes = 16;

    private readonly Tensor _tensor;

    private BlockedMaps(Tensor tensor, int channels, int height, int width)
    {
        _tensor = tensor;
        Channels = channels;
        Height = height;
        Width = width;
    }

    /// <summary>B.</summary>
    public int Images => _tensor.Shape[0];

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>H.</summary>
    public int Height { get; }

    /// <summary>W.</summary>
    public int Width { get; }

    /// <summary>H W.</summary>
    public int Pixels => Height * Width;

    /// <summary>Blocks of an image.</summary>
    public int Blocks => BlockCount(Channels);

    /// <summary>Floats from one block to the next.</summary>
    public nint BlockStride => (nint)Pixels * Lanes;

    /// <summary>Whether there are no maps.</summary>
    public bool IsEmpty => _tensor.IsEmpty;

    /// <summary>Maps of a scope. Channels that do not exist are zero, the others undefined.</summary>
    /// <param name="scope">Owns the memory.</param>
    /// <param name="shape"><c>[B, C, H, W]</c>.</param>
    public static BlockedMaps New(TensorScope scope, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(scope);
        Tensor tensor = scope.New(new Shape(shape[0], BlockCount(shape[1]), shape[2] * shape[3], Lanes));
        var maps = new BlockedMaps(tensor, shape[1], shape[2], shape[3]);
        for (int image = 0; image < shape[0] && shape[1] % Lanes != 0; image++)
        {
            new Span<float>(maps.Block(image, maps.Blocks - 1), maps.Pixels * Lanes).Clear();
        }

        return maps;
    }

    /// <summary>Copies maps into blocks.</summary>
    /// <param name="maps"><c>[B, C, H, W]</c>.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public void CopyFrom(Tensor maps)
    {
        Check(maps);
        Workers.For(Images * Blocks, new InBody(this, maps.Pointer));
    }

    /// <summary>Copies or adds blocks to maps.</summary>
    /// <param name="maps"><c>[B, C, H, W]</c>.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public void CopyTo(Tensor maps, bool accumulate)
    {
        Check(maps);
        Workers.For(Images * Blocks, new OutBody(this, maps.Pointer, accumulate));
    }

    /// <summary>Copies some channels of an image into planes of <see cref="Pixels"/> floats, one after another.</summary>
    public void TakePlanes(int image, int channel, int count, float* planes)
    {
        for (int done = 0; done < count;)
        {
            int lane = (channel + done) % Lanes;
            int part = Math.Min(count - done, Lanes - lane);
            BlockTransposition.ToPlanes(Block(image, (channel + done) / Lanes) + lane, part, Pixels, planes + ((nint)done * Pixels), accumulate: false);
            done += part;
        }
    }

    /// <summary>Copies planes of <see cref="Pixels"/> floats, one after another, into some channels of an image.</summary>
    public void PutPlanes(int image, int channel, int count, float* planes)
    {
        for (int done = 0; done < count;)
        {
            int lane = (channel + done) % Lanes;
            int part = Math.Min(count - done, Lanes - lane);
            BlockTransposition.FromPlanes(planes + ((nint)done * Pixels), part, Pixels, Block(image, (channel + done) / Lanes) + lane);
            done += part;
        }
    }

    /// <summary>A block of an image: <c>[H W, 16]</c>.</summary>
    public float* Block(int image, int block) => _tensor.Pointer + ((((nint)image * Blocks) + block) * BlockStride);

    internal static int BlockCount(int channels) => (channels + Lanes - 1) / Lanes;

    internal void Require(string op, string argument, int images, int channels, int height, int width)
    {
        if (_tensor.IsEmpty || Images != images || Channels != channels || Height != height || Width != width)
        {
            string actual = _tensor.IsEmpty ? "nothing" : $"[{Images}, {Channels}, {Height}, {Width}]";
            throw new ArgumentException($"{op}: {argument} is {actual}, expected [{images}, {channels}, {height}, {width}].", argument);
        }
    }

    private void Check(Tensor maps)
    {
        var expected = new Shape(Images, Channels, Height, Width);
        if (maps.Shape != expected)
        {
            throw new ArgumentException($"BlockedMaps: maps have shape {maps.Shape}, expected {expected}.", nameof(maps));
        }
    }

    private readonly struct InBody(BlockedMaps blocked, float* maps) : IParallelBody
    {
        public void Invoke(int index)
        {
            (int image, int block) = (index / blocked.Blocks, index % blocked.Blocks);
            int count = Math.Min(Lanes, blocked.Channels - (block * Lanes));
            float* planes = maps + ((((nint)image * blocked.Channels) + (block * Lanes)) * blocked.Pixels);
            BlockTransposition.FromPlanes(planes, count, blocked.Pixels, blocked.Block(image, block));
        }
    }

    private readonly struct OutBody(BlockedMaps blocked, float* maps, bool accumulate) : IParallelBody
    {
        public void Invoke(int index)
        {
            (int image, int block) = (index / blocked.Blocks, index % blocked.Blocks);
            int count = Math.Min(Lanes, blocked.Channels - (block * Lanes));
            float* planes = maps + ((((nint)image * blocked.Channels) + (block * Lanes)) * blocked.Pixels);
            BlockTransposition.ToPlanes(blocked.Block(image, block), count, blocked.Pixels, planes, accumulate);
        }
    }
}
