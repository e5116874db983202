using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// Brings computed tiles to the target of a <see cref="PlaneProduct"/>: finds the rows and columns that the grid positions stand for,
/// leaves out those between the lines, adds bias and activation on the way, and puts the columns of several grids together.
/// </summary>
internal readonly unsafe struct TileStore<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt>
    where TVector : struct
    where TInt : struct
{
    private readonly float* _target;
    private readonly float* _bias;
    private readonly nint _channelStride;
    private readonly int _pitch;
    private readonly int _columns;
    private readonly int _height;
    private readonly int _width;
    private readonly int _rowStep;
    private readonly int _rowOrigin;
    private readonly int _columnStep;
    private readonly int _columnOrigin;
    private readonly int _grids;
    private readonly int _gridStride;
    private readonly float _least;
    private readonly bool _accumulate;

    /// <summary>Makes a store for one image and group.</summary>
    /// <param name="product">The product.</param>
    /// <param name="image">The image.</param>
    /// <param name="channel">The group's first channel of the target.</param>
    /// <param name="grid">The first grid.</param>
    /// <param name="grids">Grids whose columns follow each other, stored together.</param>
    /// <param name="gridStride">Floats from one grid's tile to the next grid's.</param>
    public TileStore(in PlaneProduct product, int image, int channel, int grid, int grids, int gridStride)
    {
        PlaneAxis vertical = product.Layout.Rows;
        PlaneAxis horizontal = product.Layout.Columns;
        _channelStride = (nint)vertical.TargetExtent * horizontal.TargetExtent;
        _target = product.Target + ((((long)image * product.TargetChannels) + channel) * _channelStride);
        _bias = product.Bias is null ? null : product.Bias + channel;
        _grids = grids;
        _gridStride = gridStride;
        // Without ReLU the maximum with minus infinity changes nothing (and keeps NaN).
        _least = product.Relu ? 0f : float.NegativeInfinity;
        _accumulate = product.Accumulate;
        if (vertical.TargetStep == 1 && horizontal.TargetStep == 1 && horizontal.TargetExtent == product.Layout.Pitch)
        {
            // Nothing between the lines: the whole channel is one line.
            _pitch = _columns = _width = product.Layout.Positions;
            _height = _rowStep = _columnStep = 1;
            return;
        }

        _pitch = product.Layout.Pitch;
        _columns = horizontal.Grid;
        _height = vertical.TargetExtent;
        _width = horizontal.TargetExtent;
        _rowStep = vertical.TargetStep;
        _rowOrigin = vertical.TargetOrigin + (grid / horizontal.TargetStep);
        _columnStep = horizontal.TargetStep;
        _columnOrigin = horizontal.TargetOrigin + (grid % horizontal.TargetStep);
    }

    /// <summary>Stores a block's tiles, one of each grid.</summary>
    /// <param name="tile">The sums of the first grid.</param>
    /// <param name="tilePitch">Floats from one row of a tile to the next.</param>
    /// <param name="channel">The channel of the first row, from the one that the store was made for.</param>
    /// <param name="rows">The tile's rows: channels.</param>
    /// <param name="position">The grid position of the tile's first column.</param>
    /// <param name="count">The tile's columns.</param>
    public void Write(float* tile, int tilePitch, int channel, int rows, int position, int count)
    {
        int line = position / _pitch;
        int column = position - (line * _pitch);
        int i = 0;
        while (i < count)
        {
            int length = Math.Min(_pitch - column, count - i);
            int y = (line * _rowStep) + _rowOrigin;
            if ((uint)y < (uint)_height)
            {
                int inside = Math.Min(length, _columns - column);
                int x = (column * _columnStep) + _columnOrigin;
                for (int row = 0; row < rows; row++)
                {
                    float* target = _target + ((channel + row) * _channelStride) + ((nint)y * _width);
                    WriteLine(tile + (row * tilePitch) + i, inside, _bias is null ? 0f : _bias[channel + row], target, x);
                }
            }

            i += length;
            line++;
            column = 0;
        }
    }

    /// <summary>Stores consecutive grid positions of one line and channel; the first stands for column <paramref name="x"/>.</summary>
    private void WriteLine(float* sums, int count, float bias, float* line, int x)
    {
        if (_columnStep == 1)
        {
            int skip = Math.Max(0, -x);
            WriteDense(sums + skip, Math.Min(count, _width - x) - skip, bias, line + x + skip);
            return;
        }

        if (_columnStep == 2 && _grids == 2 && !_accumulate)
        {
            // The positions that are inside the target in both grids.
            int from = Math.Max(0, (1 - x) / 2);
            int to = Math.Min(count, (_width - x) / 2);
            if (from < to)
            {
                Interleaving.Write(sums + from, sums + _gridStride + from, to - from, bias, _least, line + x + (2 * from));
                WriteSpread(sums, 0, from, bias, line, x);
                WriteSpread(sums + _gridStride, 0, from, bias, line, x + 1);
                WriteSpread(sums, to, count, bias, line, x);
                WriteSpread(sums + _gridStride, to, count, bias, line, x + 1);
                return;
            }
        }

        for (int grid = 0; grid < _grids; grid++)
        {
            WriteSpread(sums + (grid * _gridStride), 0, count, bias, line, x + grid);
        }
    }

    private void WriteDense(float* sums, int count, float bias, float* target)
    {
        bool accumulate = _accumulate;
        TVector add = TSimd.Broadcast(bias);
        TVector least = TSimd.Broadcast(_least);
        int i = 0;
        for (; i + TSimd.Count <= count; i += TSimd.Count)
        {
            TVector value = TSimd.Max(TSimd.Add(TSimd.Load(sums + i), add), least);
            TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(target + i), value) : value, target + i);
        }

        for (; i < count; i++)
        {
            float value = MathF.Max(sums[i] + bias, _least);
            target[i] = accumulate ? target[i] + value : value;
        }
    }

    private void WriteSpread(float* sums, int from, int to, float bias, float* line, int x)
    {
        nint step = _columnStep;
        if (x + (from * _columnStep) < 0)
        {
            from = (-x + _columnStep - 1) / _columnStep;
        }

        if (x + ((to - 1) * _columnStep) >= _width)
        {
            to = (_width - x + _columnStep - 1) / _columnStep;
        }

        float* target = line + x + (from * step);
        if (_least == 0f || _accumulate)
        {
            for (int i = from; i < to; i++)
            {
                float value = MathF.Max(sums[i] + bias, _least);
                *target = _accumulate ? *target + value : value;
                target += step;
            }

            return;
        }

        int j = from;
        for (; j + 4 <= to; j += 4)
        {
            target[0] = sums[j] + bias;
            target[step] = sums[j + 1] + bias;
            target[2 * step] = sums[j + 2] + bias;
            target[3 * step] = sums[j + 3] + bias;
            target += 4 * step;
        }

        for (; j < to; j++)
        {
            *target = sums[j] + bias;
            target += step;
        }
    }
}
