using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// Brings computed tiles to the target of a <see cref="PlaneProduct"/>: finds the rows and columns that the grid positions stand for,
/// leaves out those between the lines, and adds bias and activation on the way.
/// </summary>
internal readonly unsafe struct TileStore<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt>
    where TVector : struct
    where TInt : struct
{
    private readonly float* _target;
    private readonly float* _bias;
    private readonly nint _channelStride;
    private readonly int _rows;
    private readonly int _pitch;
    private readonly int _columns;
    private readonly int _height;
    private readonly int _width;
    private readonly int _rowStep;
    private readonly int _rowOrigin;
    private readonly int _columnStep;
    private readonly int _columnOrigin;
    private readonly bool _relu;
    private readonly bool _accumulate;

    public TileStore(in PlaneProduct product, int image, int channel, int rows, int grid)
    {
        PlaneAxis vertical = product.Layout.Rows;
        PlaneAxis horizontal = product.Layout.Columns;
        _channelStride = (nint)vertical.TargetExtent * horizontal.TargetExtent;
        _target = product.Target + ((((long)image * product.TargetChannels) + channel) * _channelStride);
        _bias = product.Bias is null ? null : product.Bias + channel;
        _rows = rows;
        _relu = product.Relu;
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

    /// <summary>Stores a tile.</summary>
    /// <param name="tile">Its sums.</param>
    /// <param name="tilePitch">Floats from one of its rows to the next.</param>
    /// <param name="position">The grid position of its first column.</param>
    /// <param name="count">Its columns.</param>
    public void Write(float* tile, int tilePitch, int position, int count)
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
                // The columns of the target that the grid's columns [column, column + length) stand for.
                int x = (column * _columnStep) + _columnOrigin;
                int skip = x < 0 ? (-x + _columnStep - 1) / _columnStep : 0;
                int end = Math.Min(length, _columns - column);
                if (x + ((end - 1) * _columnStep) >= _width)
                {
                    end = (_width - x + _columnStep - 1) / _columnStep;
                }

                if (end > skip)
                {
                    float* target = _target + ((nint)y * _width) + x + ((nint)skip * _columnStep);
                    for (int row = 0; row < _rows; row++)
                    {
                        WriteLine(tile + (row * tilePitch) + i + skip, end - skip, _bias is null ? 0f : _bias[row], target + (row * _channelStride));
                    }
                }
            }

            i += length;
            line++;
            column = 0;
        }
    }

    private void WriteLine(float* sums, int count, float bias, float* target)
    {
        if (_columnStep > 1)
        {
            WriteSpread(sums, count, bias, target);
            return;
        }

        bool accumulate = _accumulate;
        TVector add = TSimd.Broadcast(bias);
        // Without ReLU the maximum with minus infinity changes nothing (and keeps NaN).
        float least = _relu ? 0f : float.NegativeInfinity;
        TVector floor = TSimd.Broadcast(least);
        int i = 0;
        for (; i + TSimd.Count <= count; i += TSimd.Count)
        {
            TVector value = TSimd.Max(TSimd.Add(TSimd.Load(sums + i), add), floor);
            TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(target + i), value) : value, target + i);
        }

        for (; i < count; i++)
        {
            float value = MathF.Max(sums[i] + bias, least);
            target[i] = accumulate ? target[i] + value : value;
        }
    }

    private void WriteSpread(float* sums, int count, float bias, float* target)
    {
        nint step = _columnStep;
        if (!_relu && !_accumulate)
        {
            int i = 0;
            for (; i + 4 <= count; i += 4)
            {
                target[0] = sums[i] + bias;
                target[step] = sums[i + 1] + bias;
                target[2 * step] = sums[i + 2] + bias;
                target[3 * step] = sums[i + 3] + bias;
                target += 4 * step;
            }

            for (; i < count; i++)
            {
                *target = sums[i] + bias;
                target += step;
            }

            return;
        }

        float least = _relu ? 0f : float.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            float value = MathF.Max(sums[i] + bias, least);
            *target = _accumulate ? *target + value : value;
            target += step;
        }
    }
}
