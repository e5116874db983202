namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>Makes pixels of the components' samples: upsampling and colours, row by row, as soon as the samples are there.</summary>
internal sealed unsafe class JpegOutput : IDisposable
{
    private readonly JpegFrame _frame;
    private readonly bool _isRgb;
    private readonly byte* _picture;
    private readonly Path[] _paths;
    private readonly JpegBuffer _work;
    private readonly int _rowBytes;
    private int _nextRow;

    /// <summary>Begins with the top row.</summary>
    /// <param name="frame">The frame, whose components have their samples' memory.</param>
    /// <param name="isRgb">Whether three components are red, green and blue instead of YCbCr.</param>
    /// <param name="picture">The samples of the picture, which must not move.</param>
    public JpegOutput(JpegFrame frame, bool isRgb, byte* picture)
    {
        _frame = frame;
        _isRgb = isRgb;
        _picture = picture;
        // Repeated samples may go on for a whole unit beyond the picture's width.
        _rowBytes = frame.OutputWidth + (2 * JpegUpsample.Padding);
        int count = frame.Components.Length;
        _work = new JpegBuffer(((long)_rowBytes * count) + (2L * frame.OutputWidth) + (4 * JpegUpsample.Padding));
        _paths = new Path[count];
        for (int i = 0; i < count; i++)
        {
            _paths[i] = new Path(frame, frame.Components[i]);
        }
    }

    /// <summary>Makes the pixels that the rows of units up to <paramref name="unitRow"/> allow.</summary>
    public void AfterUnitRow(int unitRow)
    {
        int end = _frame.OutputHeight;
        if (unitRow < _frame.UnitsHigh - 1)
        {
            // The last rows of a unit look at the first of the next one.
            int rows = (unitRow + 1) * _frame.MaxV * _frame.BlockSize;
            end = Math.Min(end, rows - (_frame.MaxV > 1 ? 2 : 0));
        }

        byte** rowsOf = stackalloc byte*[3];
        for (; _nextRow < end; _nextRow++)
        {
            for (int i = 0; i < _paths.Length; i++)
            {
                rowsOf[i] = _paths[i].Row(_nextRow, _work.Pointer + (_rowBytes * i), Sums);
            }

            byte* destination = _picture + ((long)_nextRow * _frame.OutputWidth * _paths.Length);
            if (_paths.Length == 1)
            {
                Buffer.MemoryCopy(rowsOf[0], destination, _frame.OutputWidth, _frame.OutputWidth);
            }
            else if (_isRgb)
            {
                JpegColor.FromRgb(rowsOf[0], rowsOf[1], rowsOf[2], _frame.OutputWidth, destination);
            }
            else
            {
                JpegColor.FromYCbCr(rowsOf[0], rowsOf[1], rowsOf[2], _frame.OutputWidth, destination);
            }
        }
    }

    /// <summary>Gives the working memory back.</summary>
    public void Dispose() => _work.Dispose();

    private ushort* Sums => (ushort*)(_work.Pointer + (_rowBytes * _paths.Length) + JpegUpsample.Padding);

    /// <summary>How one component comes to the picture's size.</summary>
    private sealed class Path
    {
        private readonly JpegComponent _component;
        private readonly int _width;
        private readonly (int Pixels, int Samples) _across;
        private readonly (int Pixels, int Samples) _down;
        private readonly bool _smooth;

        public Path(JpegFrame frame, JpegComponent component)
        {
            _component = component;
            _width = frame.OutputWidth;
            _across = (frame.MaxH * frame.BlockSize, component.H * component.BlockSize);
            _down = (frame.MaxV * frame.BlockSize, component.V * component.BlockSize);
            // libjpeg's conditions: not at 1/8 of the size, and doubling across not below 3 samples.
            _smooth = frame.BlockSize > 1 && (SameAcross || component.Width > 2);
        }

        private bool SameAcross => _across.Pixels == _across.Samples;

        private bool SameDown => _down.Pixels == _down.Samples;

        private bool DoubleAcross => _across.Pixels == 2 * _across.Samples;

        private bool DoubleDown => _down.Pixels == 2 * _down.Samples;

        /// <summary>The row <paramref name="y"/> of the picture, in <paramref name="work"/> or where it is.</summary>
        public byte* Row(int y, byte* work, ushort* sums)
        {
            if (SameDown && (SameAcross || (DoubleAcross && _smooth)))
            {
                byte* row = _component.Row(y);
                if (SameAcross)
                {
                    return row;
                }

                JpegUpsample.Across(row, _component.Width, sums, work);
                return work;
            }

            if (DoubleDown && _smooth && (SameAcross || DoubleAcross))
            {
                int near = y / 2;
                int far = Math.Clamp(near + (y % 2 == 0 ? -1 : 1), 0, _component.Height - 1);
                if (SameAcross)
                {
                    JpegUpsample.Down(_component.Row(near), _component.Row(far), _component.Width, y % 2 == 0 ? 1 : 2, work);
                }
                else
                {
                    JpegUpsample.Both(_component.Row(near), _component.Row(far), _component.Width, sums, work);
                }

                return work;
            }

            int source = (int)((long)y * _down.Samples / _down.Pixels);
            JpegUpsample.Repeat(_component.Row(source), _across.Samples, _across.Pixels, _width, work);
            return work;
        }
    }
}
