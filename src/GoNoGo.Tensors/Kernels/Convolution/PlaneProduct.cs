using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// The plan of one pass: what every grid multiplies, how the weights are packed for it, and how the work is split.
/// A grid is one residue of the target's stride (one grid in all for a convolution, several for an adjoint); a block is a few of
/// the target's channels, whose sums share the reading of the planes.
/// </summary>
internal unsafe struct PlaneProduct
{
    // About as many items as keep a machine with many cores busy, unless they would become tiny.
    private const int WantedItems = 64;

    public PlaneProduct(in ConvolutionGeometry g, bool adjoint, in PlaneLayout layout, VectorWidth width)
    {
        Layout = layout;
        Width = width;
        Groups = g.Window.Groups;
        SourceGroup = adjoint ? g.GroupOutputChannels : g.GroupInputChannels;
        TargetGroup = adjoint ? g.GroupInputChannels : g.GroupOutputChannels;
        Taps = g.Taps;
        WeightGroup = (long)g.GroupOutputChannels * g.GroupInputChannels * g.Taps;
        long channel = (long)g.GroupInputChannels * g.Taps;
        WeightRow = adjoint ? g.Taps : channel;
        WeightDepth = adjoint ? channel : g.Taps;
        BlockRows = width == VectorWidth.Bits512 ? 8 : 4;
        TileVectors = width == VectorWidth.Bits512 && TargetGroup <= 4 ? 6 : 3;
        // Neighbouring taps read the same cache lines, unless the stride puts them into planes of their own.
        DepthBlock = g.KernelWidth > g.Window.StrideWidth ? 256 : 128;
    }

    public PlaneLayout Layout;
    public VectorWidth Width;

    public int Groups;

    /// <summary>Channels of the source in a group.</summary>
    public int SourceGroup;

    /// <summary>Channels of the target in a group.</summary>
    public int TargetGroup;

    public int Taps;

    /// <summary>Floats of the weight from one group, target channel and source channel to the next.</summary>
    public long WeightGroup;

    /// <inheritdoc cref="WeightGroup"/>
    public long WeightRow;

    /// <inheritdoc cref="WeightGroup"/>
    public long WeightDepth;

    /// <summary>Target channels of a full block.</summary>
    public int BlockRows;

    /// <summary>Vectors of grid positions in a tile.</summary>
    public int TileVectors;

    /// <summary>Products that are summed at a time.</summary>
    public int DepthBlock;

    public float* Weight;
    public float* Bias;
    public bool Relu;
    public bool Accumulate;
    public float* Planes;
    public float* Packed;
    public int* Tables;
    public float* Target;

    /// <summary>Vectors of grid positions in an item.</summary>
    public int ItemVectors;

    /// <summary>Blocks of target channels in an item.</summary>
    public int ItemBlocks;

    public readonly int TargetChannels => Groups * TargetGroup;

    /// <summary>Blocks of a group.</summary>
    public readonly int Blocks => (TargetGroup + BlockRows - 1) / BlockRows;

    public readonly int Grids => Layout.Rows.TargetStep * Layout.Columns.TargetStep;

    /// <summary>Products of a target channel, over all grids: source channels times taps.</summary>
    public readonly int Depth => SourceGroup * Taps;

    public readonly long PackedWeights => (long)TargetChannels * Depth;

    /// <summary>Tables: the first tap of every grid, each tap's number in the weight (ordered by grid), each product's offset.</summary>
    public readonly long TableLength => Grids + 1 + Taps + Depth;

    private readonly int* FirstTap => Tables;

    private readonly int* TapNumbers => Tables + Grids + 1;

    private readonly int* AllOffsets => TapNumbers + Taps;

    public readonly int Vectors => (Layout.Positions + LaneCount - 1) / LaneCount;

    public readonly int LaneCount => (int)Width / 32;

    /// <summary>Target channels of a block.</summary>
    public readonly int RowsOf(int block) => Math.Min(BlockRows, TargetGroup - (block * BlockRows));

    /// <summary>Products of a target channel in one grid.</summary>
    public readonly int DepthOf(int grid) => SourceGroup * (FirstTap[grid + 1] - FirstTap[grid]);

    /// <summary>Where the planes are read for each product of a grid, relative to the group's first channel.</summary>
    public readonly int* Offsets(int grid) => AllOffsets + (SourceGroup * FirstTap[grid]);

    /// <summary>The packed weights of a block for a grid: <c>[product, row]</c>.</summary>
    public readonly float* BlockWeights(int group, int block, int grid) => Packed
        + ((((long)group * TargetGroup) + (block * BlockRows)) * Depth)
        + ((long)RowsOf(block) * SourceGroup * FirstTap[grid]);

    /// <summary>Fills <see cref="Tables"/>.</summary>
    public readonly void BuildTables()
    {
        PlaneAxis rows = Layout.Rows;
        PlaneAxis columns = Layout.Columns;
        int* offset = AllOffsets;
        int tap = 0;
        for (int grid = 0; grid < Grids; grid++)
        {
            FirstTap[grid] = tap;
            int rowPhase = grid / columns.TargetStep;
            int columnPhase = grid % columns.TargetStep;
            for (int row = 0; row < rows.Kernel; row++)
            {
                for (int column = 0; column < columns.Kernel; column++)
                {
                    if (rows.TargetPhase(row) == rowPhase && columns.TargetPhase(column) == columnPhase)
                    {
                        TapNumbers[tap++] = (row * columns.Kernel) + column;
                    }
                }
            }

            for (int channel = 0; channel < SourceGroup; channel++)
            {
                for (int i = FirstTap[grid]; i < tap; i++)
                {
                    *offset++ = Layout.Offset(channel, TapNumbers[i] / columns.Kernel, TapNumbers[i] % columns.Kernel);
                }
            }
        }

        FirstTap[Grids] = tap;
    }

    /// <summary>Packs the weights of one block for all grids.</summary>
    public readonly void PackBlock(int group, int block)
    {
        int rows = RowsOf(block);
        float* first = Weight + (group * WeightGroup) + (block * BlockRows * WeightRow);
        for (int grid = 0; grid < Grids; grid++)
        {
            float* packed = BlockWeights(group, block, grid);
            for (int channel = 0; channel < SourceGroup; channel++)
            {
                for (int tap = FirstTap[grid]; tap < FirstTap[grid + 1]; tap++)
                {
                    float* source = first + (channel * WeightDepth) + TapNumbers[tap];
                    for (int row = 0; row < rows; row++)
                    {
                        packed[row] = *source;
                        source += WeightRow;
                    }

                    packed += rows;
                }
            }
        }
    }

    /// <summary>Splits the work on some images into items, by shape only.</summary>
    /// <returns>The number of items.</returns>
    public readonly int PlanItems(int images, out PlaneProduct planned)
    {
        planned = this;
        const int tile = 6;
        int tiles = (Vectors + tile - 1) / tile;
        int streams = images * Groups;
        int parts = Math.Clamp((WantedItems + streams - 1) / streams, 1, tiles);
        planned.ItemVectors = (tiles + parts - 1) / parts * tile;
        parts = (Vectors + planned.ItemVectors - 1) / planned.ItemVectors;
        int splits = Math.Clamp(WantedItems / (streams * parts), 1, Blocks);
        planned.ItemBlocks = (Blocks + splits - 1) / splits;
        return streams * parts * ((Blocks + planned.ItemBlocks - 1) / planned.ItemBlocks);
    }
}
